package io.fingerpost.registry.upload;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Keeps brokers that share a budget from drawing on it together: they hear of each other's clients only a moment later. Time is cut
 * into turns, longer than that moment. In each, a broker takes no more than its {@link Share} of what is free, without what others may
 * have taken in the turn before, as long as they have not said so. Takes no lock.
 */
final class Turns {
    /** Within half of this brokers hear of each other: 50 ms until it is told, 50 ms for the way. The other half is for clocks that differ. */
    static final long MILLIS = 200;

    private final Supplier<Share> share;
    private final AtomicReference<Turn> current = new AtomicReference<>(new Turn(0, 0, 0));

    /**
     * One turn.
     *
     * @param mine what this broker may still take
     * @param theirs what others may have taken, and have not told yet
     */
    private record Turn(long number, long mine, long theirs) {}

    Turns(Supplier<Share> share) {
        this.share = share;
    }

    /** Whether this broker may take so much now; it may be gone when it is taken. */
    boolean allows(long amount, long now, LongSupplier free) {
        return share.get().count() <= 1 || amount <= at(now, free).mine;
    }

    /** Takes so much, if this broker may; what is not used after all is to be given back. */
    boolean take(long amount, long now, LongSupplier free) {
        if (share.get().count() <= 1) {
            return true;
        }
        Turn known;
        do {
            known = at(now, free);
            if (amount > known.mine) {
                return false;
            }
        } while (!current.compareAndSet(known, new Turn(known.number, known.mine - amount, known.theirs)));
        return true;
    }

    /** @param now when it was taken */
    void giveBack(long amount, long now) {
        current.updateAndGet(
                turn -> turn.number == now / MILLIS ? new Turn(turn.number, turn.mine + amount, turn.theirs) : turn);
    }

    /** Another broker has told that it has taken so much; early in a turn, that was in the one before. */
    void heard(long amount, long now) {
        if (now % MILLIS >= MILLIS / 2) {
            current.updateAndGet(turn -> new Turn(turn.number, turn.mine, Math.max(0, turn.theirs - amount)));
        }
    }

    private Turn at(long now, LongSupplier free) {
        long number = now / MILLIS;
        Turn known = current.get();
        while (known.number != number) {
            long untold = known.number == number - 1 ? known.theirs : 0;
            long certain = Math.max(0, free.getAsLong() - untold);
            Share own = share.get();
            current.compareAndSet(known,
                    new Turn(number, own.of(certain, number), own.ofOthers(certain, number)));
            known = current.get();
        }
        return known;
    }
}
