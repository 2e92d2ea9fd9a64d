package io.fingerpost.agent.serve;

import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.UploadReport;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * The transfers to other clients: no more at a time than there are slots, no faster than the uplink's rate, none when the month's bytes
 * are used up. Rate and month are not for clients whom another line reaches.
 */
public final class Uploads {
    private final UploadBudget budget;
    private final MonthlyCount month;
    private final Predicate<InetAddress> exempt;
    private final Pause pause;
    private final Uplink uplink;
    private final Uplink lan = Uplink.unlimited();
    private final Semaphore slots;
    private final Set<Upload> running = ConcurrentHashMap.newKeySet();
    private final LongAdder served = new LongAdder();

    /**
     * @param month of which {@code budget} has a limit
     * @param exempt which clients are reached without the uplink
     * @param pause when nobody is served but those
     */
    public Uploads(UploadBudget budget, MonthlyCount month, Predicate<InetAddress> exempt, Pause pause) {
        this.pause = pause;
        this.budget = budget;
        this.month = month;
        this.exempt = exempt;
        this.uplink = new Uplink(budget.bitsPerSecond());
        this.slots = new Semaphore(budget.slots());
    }

    /** A slot for one more transfer; empty if all are taken. */
    Optional<Upload> begin(InetAddress client) {
        if (!slots.tryAcquire()) {
            return Optional.empty();
        }
        var upload = new Upload(uplinkTo(client));
        running.add(upload);
        return Optional.of(upload);
    }

    /** The line that leads to the client. */
    Uplink uplinkTo(InetAddress client) {
        return exempt.test(client) ? lan : uplink;
    }

    /** What others may have at the moment. */
    public UploadBudget offered() {
        return pause.reason().isPresent()
                ? new UploadBudget(budget.bitsPerSecond(), 0, budget.bytesPerMonth())
                : budget;
    }

    /** Why nobody is served at the moment; empty if all are. */
    public Optional<String> paused() {
        return pause.reason();
    }

    boolean isPausedFor(InetAddress client) {
        return pause.reason().isPresent() && !exempt.test(client);
    }

    /** Whether the month's bytes are all sent or promised to the clients that are being served. */
    boolean isMonthUsedUpFor(InetAddress client) {
        return budget.bytesPerMonth() > 0 && !exempt.test(client)
                && month.bytes() + bytesLeft() >= budget.bytesPerMonth();
    }

    /** What is being sent right now, for the registry. */
    public UploadReport report() {
        return new UploadReport(running.size(), bytesLeft(), month.bytes());
    }

    private long bytesLeft() {
        return running.stream().filter(Upload::counts).mapToLong(upload -> upload.left.get()).sum();
    }

    /** Bytes of bodies that other clients got since the start. */
    public long servedBytes() {
        return served.sum();
    }

    /** Returns when no transfer is under way any more, or the time is over. */
    public void drain(Duration atMost) throws InterruptedException {
        if (slots.tryAcquire(budget.slots(), atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            slots.release(budget.slots());
        }
    }

    /** One transfer, which has a slot until it is closed. */
    final class Upload implements SendProgress, AutoCloseable {
        private final Uplink line;
        private final AtomicLong left = new AtomicLong();
        private final AtomicBoolean closed = new AtomicBoolean();

        private Upload(Uplink line) {
            this.line = line;
        }

        Uplink uplink() {
            return line;
        }

        private boolean counts() {
            return line == uplink;
        }

        @Override
        public void begins(long bytes) {
            left.set(bytes);
        }

        @Override
        public void sent(long bytes) {
            if (counts()) {
                month.add(bytes); // before it is no longer left: between the two it must not seem to be neither
            }
            left.addAndGet(-bytes);
            served.add(bytes);
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                running.remove(this);
                slots.release();
            }
        }
    }
}
