package io.fingerpost.agent.serve;

import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.UploadReport;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** The transfers to other clients: no more at a time than there are slots, none when the month's bytes are used up. */
public final class Uploads {
    private final UploadBudget budget;
    private final MonthlyCount month;
    private final Semaphore slots;
    private final Set<Upload> running = ConcurrentHashMap.newKeySet();
    private final LongAdder served = new LongAdder();

    /** @param month of which {@code budget} has a limit */
    public Uploads(UploadBudget budget, MonthlyCount month) {
        this.budget = budget;
        this.month = month;
        this.slots = new Semaphore(budget.slots());
    }

    /** A slot for one more transfer; empty if all are taken. */
    Optional<Upload> begin() {
        if (!slots.tryAcquire()) {
            return Optional.empty();
        }
        var upload = new Upload();
        running.add(upload);
        return Optional.of(upload);
    }

    /** Whether the month's bytes are all sent or promised to the clients that are being served. */
    boolean isMonthUsedUp() {
        return budget.bytesPerMonth() > 0 && month.bytes() + bytesLeft() >= budget.bytesPerMonth();
    }

    /** What is being sent right now, for the registry. */
    public UploadReport report() {
        return new UploadReport(running.size(), bytesLeft(), month.bytes());
    }

    private long bytesLeft() {
        return running.stream().mapToLong(upload -> upload.left.get()).sum();
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
        private final AtomicLong left = new AtomicLong();
        private final AtomicBoolean closed = new AtomicBoolean();

        @Override
        public void begins(long bytes) {
            left.set(bytes);
        }

        @Override
        public void sent(long bytes) {
            month.add(bytes); // before it is no longer left: between the two it must not seem to be neither
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
