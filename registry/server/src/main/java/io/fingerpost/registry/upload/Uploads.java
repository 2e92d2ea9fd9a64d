package io.fingerpost.registry.upload;

import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.UploadReport;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one peer has to send, as far as can be told from the clients that were sent to it, and what its budget leaves.
 *
 * <p>A client takes one of the peer's slots for as long as its bytes take at a slot's share of the uplink, so that slots never
 * add up to more than the uplink carries, or at the rate that clients read at if that is less. The peer's own reports correct that: slots of clients that never came are free again,
 * those of clients that read slower than that are not.
 *
 * <p>Safe for use by many threads; only {@link #report} takes a lock, which nothing else waits for. Times are milliseconds since
 * 1970.
 */
public final class Uploads {
    /** A new peer gets its full share only after this: nobody knows yet what it can do. */
    public static final long SLOW_START_MILLIS = 60_000;
    private static final double SLOW_START_SHARE = 0.1;
    /** Slots that a report says are taken stay so until the next two reports could have come. */
    private static final int REPORTED_MILLIS = 25_000;
    private static final int GENERATIONS = 4;
    /** 20 Mbit/s, in bytes per millisecond: many clients read no faster, however fast a peer may send. */
    private static final double CLIENT_RATE = 2_500;
    /** Nothing is reckoned to take longer: some 30 years. */
    private static final long LONGEST_MILLIS = 1L << 40;
    /** A client comes only some time after it was sent. */
    private static final long WAY_MILLIS = 50;

    private static final VarHandle RECENT = field("recent");
    private static final VarHandle BUSY_UNTIL = field("busyUntil");
    private static final VarHandle ALL_FREE_AT = field("allFreeAt");
    private static final VarHandle CHARGED = field("charged");
    private static final VarHandle CORRECTION = field("correction");
    private static final VarHandle MONTH_END = field("monthEnd");

    private final UploadBudget budget;
    // What a decision looks at stands in this object itself: most peers are in no cache, and each further object is one more wait.
    private final long bitsPerSecond;
    private final long bytesPerMonth;
    private final int slotCount;
    private final long since;
    private final double bytesPerMilli;
    private final double slotBytesPerMilli;
    /** When each slot is free again, times {@link #GENERATIONS}, plus the generation of reports in which it was taken. */
    private final AtomicLongArray slots;
    /** No slot is taken any more from then on, whatever the table of slots says. */
    private volatile long allFreeAt;
    /** What was charged of late, as {@link Decay} has it. */
    private volatile long recent;
    /** When everything charged so far is sent, in microseconds since 1970. */
    private volatile long busyUntil;
    /** All bytes that ever were charged. It only grows: what does not fit is never counted in, so that nothing has to be given back. */
    private volatile long charged;
    /** Together with {@link #charged}, what is used of the month's quota. */
    private volatile long correction;
    /** What was charged when the last report came; guarded by this. */
    private long chargedAtReport;
    private volatile long monthEnd;
    private volatile int generation;
    private final @Nullable BudgetTurns turns;

    /** Of a budget that other brokers draw on, too. */
    private record BudgetTurns(Turns slots, Turns quota) {
        BudgetTurns(Supplier<Share> share) {
            this(new Turns(share), new Turns(share));
        }
    }

    /** Where the last one was taken a free one is near. */
    private volatile int nextSlot;

    /** Of a peer to which nobody else sends clients. */
    public Uploads(UploadBudget budget, long since) {
        this(budget, since, Optional.empty());
    }

    /**
     * Of any peer.
     *
     * @param since when the peer was admitted, or came back
     * @param share this broker's, if others may send clients there; asked whenever it counts
     */
    public Uploads(UploadBudget budget, long since, Optional<Supplier<Share>> share) {
        this.turns = share.map(BudgetTurns::new).orElse(null);
        this.budget = budget;
        this.bitsPerSecond = budget.bitsPerSecond();
        this.bytesPerMonth = budget.bytesPerMonth();
        this.slotCount = budget.slots();
        this.since = since;
        this.bytesPerMilli = budget.bitsPerSecond() / 8_000.0;
        this.slotBytesPerMilli = Math.min(bytesPerMilli / Math.max(1, budget.slots()), CLIENT_RATE);
        this.slots = new AtomicLongArray(budget.slots());
        this.monthEnd = monthEnd(since);
    }

    private static VarHandle field(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(Uploads.class, name, long.class);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the field is there", e);
        }
    }

    public UploadBudget budget() {
        return budget;
    }

    /** The budget's uplink. */
    public long bitsPerSecond() {
        return bitsPerSecond;
    }

    /** How much of its share the peer gets so far: 0.1 for a new one, 1 after {@link #SLOW_START_MILLIS}. */
    public double ramp(long now) {
        long age = now - since;
        return age >= SLOW_START_MILLIS
                ? 1
                : SLOW_START_SHARE + (1 - SLOW_START_SHARE) * Math.max(0, age) / SLOW_START_MILLIS;
    }

    /** Bytes that the peer still has to send. */
    public long bytesInFlight(long now) {
        return (long) (Math.max(0, busyUntil - now * 1000) * bytesPerMilli / 1000);
    }

    /** How long the uplink was or will be at work, in seconds: for what is in flight, or what was of late if that is more. */
    public double load(long now) {
        double waiting = (busyUntil - now * 1000) / 1e6;
        return Math.max(waiting, Decay.at(recent, now) / bytesPerMilli / 1000);
    }

    /** Whether the budget has room for {@code bytes} more; they may be gone when they are taken. */
    public boolean hasRoom(long bytes, long now) {
        return isWithinQuota(bytes, now) && (bytes == 0 ? slotCount > 0 : hasSlot(now)) && hasTurn(bytes, now);
    }

    /** Whether the month's quota has room for {@code bytes} more, for those who do not take a slot; they may be gone when they are added. */
    public boolean hasQuota(long bytes, long now) {
        return slotCount > 0 && isWithinQuota(bytes, now);
    }

    private boolean hasTurn(long bytes, long now) {
        return turns == null || bytes == 0 || turns.slots.allows(1, now, () -> freeSlots(now))
                && (bytesPerMonth == 0 || turns.quota.allows(bytes, now, () -> quotaLeft(now)));
    }

    /** Takes both, or neither. */
    private boolean takeTurn(long bytes, long now) {
        if (turns == null) {
            return true;
        }
        if (!turns.slots.take(1, now, () -> freeSlots(now))) {
            return false;
        }
        if (bytesPerMonth == 0 || turns.quota.take(bytes, now, () -> quotaLeft(now))) {
            return true;
        }
        turns.slots.giveBack(1, now);
        return false;
    }

    private void giveBackTurn(long bytes, long now) {
        if (turns != null) {
            turns.slots.giveBack(1, now);
            turns.quota.giveBack(bytes, now);
        }
    }

    private long freeSlots(long now) {
        long free = 0;
        for (int i = 0; i < slotCount; i++) {
            free += isFree(slots.get(i), now) ? 1 : 0;
        }
        return free;
    }

    private long quotaLeft(long now) {
        return Math.max(0, bytesPerMonth - usedThisMonth(now));
    }

    private boolean isWithinQuota(long bytes, long now) {
        return bytesPerMonth == 0 || bytes <= bytesPerMonth - usedThisMonth(now);
    }

    /** Bytes of the month's quota that are gone. */
    public long usedThisMonth(long now) {
        return now >= monthEnd ? 0 : correction + charged;
    }

    private boolean hasSlot(long now) {
        if (allFreeAt <= now && slotCount > 0) {
            return true; // nearly always, and without a look at each
        }
        int from = nextSlot;
        for (int i = 0; i < slotCount; i++) {
            if (isFree(slots.get((from + i) % slotCount), now)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isFree(long slot, long now) {
        return slot / GENERATIONS <= now;
    }

    /** Charges a client that is sent here for {@code bytes}; false, and nothing is charged, if the budget has no room. */
    public boolean take(long bytes, long now) {
        if (bytesPerMonth != 0 && now >= monthEnd) {
            beginMonth(now);
        }
        if (bytes == 0) {
            return hasRoom(0, now);
        }
        if (!isWithinQuota(bytes, now) || !takeTurn(bytes, now)) {
            return false;
        }
        long taken = taken(bytes, now);
        int slot = takeSlot(taken, now);
        if (slot < 0) {
            giveBackTurn(bytes, now);
            return false;
        }
        if (!charge(bytes)) {
            slots.compareAndSet(slot, taken, 0);
            giveBackTurn(bytes, now);
            return false;
        }
        putToWork(bytes, now);
        return true;
    }

    /**
     * Charges bytes that are sent piece by piece, whose sender says itself how many transfers it can take at a time; false, and nothing
     * is charged, if the quota has no room.
     */
    public boolean add(long bytes, long now) {
        if (bytesPerMonth != 0 && now >= monthEnd) {
            beginMonth(now);
        }
        if (!hasQuota(bytes, now) || !charge(bytes)) {
            return false;
        }
        putToWork(bytes, now);
        return true;
    }

    /** Counts in a client whom another broker has sent here, whether or not there is room: what has happened counts. */
    public void takeElsewhere(long bytes, long now) {
        if (bytesPerMonth != 0 && now >= monthEnd) {
            beginMonth(now);
        }
        takeSlot(taken(bytes, now), now);
        if (turns != null) {
            turns.slots.heard(1, now);
            turns.quota.heard(bytes, now);
        }
        CHARGED.getAndAdd(this, bytes);
        putToWork(bytes, now);
    }

    private boolean charge(long bytes) {
        long known;
        do {
            known = charged;
            if (bytesPerMonth != 0 && bytes > bytesPerMonth - (correction + known)) {
                return false;
            }
        } while (!CHARGED.compareAndSet(this, known, known + bytes));
        return true;
    }

    private void putToWork(long bytes, long now) {
        long known;
        do {
            known = recent;
        } while (!RECENT.compareAndSet(this, known, Decay.plus(known, (double) bytes, now)));
        do {
            known = busyUntil;
        } while (!BUSY_UNTIL.compareAndSet(this, known,
                Math.min(Math.max(known, now * 1000) + micros(bytes), (now + LONGEST_MILLIS) * 1000)));
    }

    /** How long the uplink takes. */
    private long micros(long bytes) {
        return (long) (Math.min(LONGEST_MILLIS, bytes / bytesPerMilli) * 1000);
    }

    /** A report that comes meanwhile knows better. */
    private void beginMonth(long now) {
        long ended = monthEnd;
        long known = correction;
        long used = charged;
        if (now >= ended && MONTH_END.compareAndSet(this, ended, monthEnd(now))) {
            CORRECTION.compareAndSet(this, known, -used);
        }
    }

    private static long monthEnd(long now) {
        return Instant.ofEpochMilli(now).atZone(ZoneOffset.UTC).truncatedTo(ChronoUnit.DAYS).withDayOfMonth(1)
                .plusMonths(1).toInstant().toEpochMilli();
    }

    /** What stands in a slot while {@code bytes} are sent. */
    private long taken(long bytes, long now) {
        long freeAt = now + WAY_MILLIS + (long) Math.min(LONGEST_MILLIS, Math.ceil(bytes / slotBytesPerMilli));
        return freeAt * GENERATIONS + generation;
    }

    /** Which slot was taken; -1 if none is free. */
    private int takeSlot(long taken, long now) {
        int from = nextSlot;
        for (int i = 0; i < slotCount; i++) {
            int at = (from + i) % slotCount;
            long slot = slots.get(at);
            if (isFree(slot, now) && slots.compareAndSet(at, slot, taken)) {
                nextSlot = at + 1;
                keepTaken(taken / GENERATIONS);
                return at;
            }
        }
        return -1;
    }

    private void keepTaken(long until) {
        long known;
        do {
            known = allFreeAt;
        } while (known < until && !ALL_FREE_AT.compareAndSet(this, known, until));
    }

    /** Takes over what the peer says of itself. What was charged since its last report may not have reached it yet. */
    public synchronized void report(UploadReport report, long now) {
        if (now >= monthEnd) {
            beginMonth(now);
        }
        long backlog = busyUntil - now * 1000;
        long charges = charged;
        long underWay = charges - chargedAtReport;
        chargedAtReport = charges;
        correction = report.servedThisMonth() + report.bytesLeft() + underWay - charges;
        correctBacklog(backlog, report.bytesLeft() + underWay);
        correctSlots(report.active(), now);
    }

    /** Clients that never came, or left early, left work undone. What is charged meanwhile stays. */
    private void correctBacklog(long backlog, long bytes) {
        long undone = backlog - micros(bytes);
        if (undone > 0) {
            BUSY_UNTIL.getAndAdd(this, -undone);
        }
    }

    /**
     * Clients that were sent since the last report may still be on their way, so that their slots stay taken. Of the older ones,
     * as many as the peer knows of do; and if it knows of more than there are slots taken, so many more are.
     */
    private void correctSlots(int active, long now) {
        int last = generation;
        generation = (last + 1) % GENERATIONS;
        if (active == 0 && allFreeAt <= now) {
            return; // so it is with most peers at most times
        }
        int fresh = 0;
        int older = 0;
        var until = new long[slotCount];
        for (int i = 0; i < slotCount; i++) {
            long slot = slots.get(i);
            if (!isFree(slot, now)) {
                if (isFresh(slot, last)) {
                    fresh++;
                } else {
                    until[older++] = slot;
                }
            }
        }
        if (older > active) {
            // Whose clients these are is not known: those that would be free soonest are, so that the others are kept long enough.
            Arrays.sort(until, 0, older);
            free(older - active, until[older - active - 1], last, now);
        } else if (active > older + fresh) {
            takeReported(active - older - fresh, last, now);
        }
    }

    /** @param latest of the slots to be freed */
    private void free(int count, long latest, int last, long now) {
        int left = count;
        for (int i = 0; i < slotCount && left > 0; i++) {
            long slot = slots.get(i);
            if (slot <= latest && !isFree(slot, now) && !isFresh(slot, last)) {
                left -= slots.compareAndSet(i, slot, 0) ? 1 : 0;
            }
        }
    }

    private void takeReported(int count, int last, long now) {
        int left = count;
        keepTaken(now + REPORTED_MILLIS);
        for (int i = 0; i < slotCount && left > 0; i++) {
            long slot = slots.get(i);
            if (isFree(slot, now)) {
                left -= slots.compareAndSet(i, slot, reported(last, now)) ? 1 : 0;
            }
        }
    }

    /** Whether a slot was taken since the last report, or while this one is being looked at. */
    private static boolean isFresh(long slot, int last) {
        return slot % GENERATIONS == last || slot % GENERATIONS == (last + 1) % GENERATIONS;
    }

    private static long reported(int last, long now) {
        return (now + REPORTED_MILLIS) * GENERATIONS + (last + GENERATIONS - 1) % GENERATIONS;
    }
}
