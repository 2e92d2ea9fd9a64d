package io.fingerpost.registry.durable;

import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.durable.JournalFile.Entry;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes changes in their order. One thread takes all that have come meanwhile, hands them to the system at once, and then tells those
 * who wait for them.
 *
 * <p>When the journal has become as large as the last snapshot, the next one begins, and another thread writes a snapshot, so that the
 * files never take more than about three times what is kept. When something cannot be written, nothing is acknowledged any more
 * until a snapshot could be.
 */
final class Journal implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    /** A smaller journal is not worth a snapshot. */
    private static final long LEAST = 16 << 20;
    /** More journals than this, of a process that ends again and again, are. */
    private static final int MOST_JOURNALS = 16;
    private static final long IDLE_NANOS = Duration.ofSeconds(1).toNanos();

    private final StoreFolder folder;
    private final Kept kept;
    private final InstantSource clock;
    private final LateChanges late;
    private final Thread thread = Thread.ofPlatform().name("registry-journal").daemon().unstarted(this::run);
    private Batch waiting = new Batch();
    private volatile boolean closing;

    // Of the thread alone.
    private JournalFile file;
    private long generation;
    private boolean broken;
    private long lastTry;
    private @Nullable Thread snapshot;
    private volatile long snapshotBytes;
    private volatile boolean snapshotWanted;

    /** Changes that are written together. */
    static final class Batch {
        private final List<Entry> entries = new ArrayList<>();
        private final CompletableFuture<Boolean> kept = new CompletableFuture<>();

        /** Waits until they are written; whether they are kept now. */
        boolean await() {
            return kept.join();
        }
    }

    /** Begins the journal of the generation after those that were found, and a snapshot if it is time for one. */
    Journal(StoreFolder folder, Kept kept, Recovery.Found found, InstantSource clock) throws IOException {
        this.folder = folder;
        this.kept = kept;
        this.clock = clock;
        this.late = new LateChanges(kept, this::wake);
        this.generation = found.latest() + 1;
        this.file = JournalFile.create(folder, generation);
        this.snapshotBytes = found.snapshotBytes();
        this.snapshotWanted = found.journals() >= MOST_JOURNALS;
    }

    LateChanges late() {
        return late;
    }

    /** Writes a snapshot before anything else, so that no older file counts any more. */
    void beginWithSnapshot() throws IOException {
        snapshotBytes = new Snapshot(folder, kept, () -> false).write(generation, clock.millis());
        snapshotWanted = false;
    }

    void start() {
        thread.start();
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    /** Takes a change; with what it gives one can wait until the change is kept. */
    Batch append(Entry entry) {
        Batch batch;
        synchronized (this) {
            batch = waiting;
            batch.entries.add(entry);
        }
        wake();
        return batch;
    }

    private synchronized Batch take() {
        Batch taken = waiting;
        waiting = new Batch();
        return taken;
    }

    private synchronized boolean isIdle() {
        return waiting.entries.isEmpty() && (broken || late.isEmpty()) && !closing;
    }

    private void run() {
        boolean last;
        do {
            if (isIdle()) {
                LockSupport.parkNanos(this, IDLE_NANOS);
            }
            last = closing; // what was appended before is in the batch
            commit(take());
        } while (!last);
        end();
    }

    private void commit(Batch batch) {
        try {
            if (broken) {
                mend();
            }
            for (Entry entry : batch.entries) {
                file.put(entry);
            }
            late.tell(this::put, clock.millis());
            file.flush();
            batch.kept.complete(true);
            snapshotIfTime();
        } catch (IOException | RuntimeException | Error e) { // whatever it is, nobody must wait for ever
            if (!broken) {
                LOG.atError().setCause(e).addKeyValue("folder", folder.path())
                        .log("the registry cannot be kept: nothing new is taken in until it can");
                broken = true;
                lastTry = System.nanoTime();
            }
            batch.kept.complete(false);
        }
    }

    private void put(Change change) throws IOException {
        file.put(Entry.of(change));
    }

    /** What is in the files may be torn, and lacks what came since: only a snapshot of everything puts that right. */
    private void mend() throws IOException {
        if (System.nanoTime() - lastTry < IDLE_NANOS) {
            throw new IOException("it could not be written a moment ago");
        }
        lastTry = System.nanoTime();
        awaitSnapshot();
        begin();
        snapshotBytes = new Snapshot(folder, kept, () -> closing).write(generation, clock.millis());
        folder.removeBefore(generation);
        broken = false;
        LOG.atWarn().addKeyValue("folder", folder.path()).log("the registry is kept again");
    }

    private void begin() throws IOException {
        JournalFile next = JournalFile.create(folder, generation + 1);
        generation++;
        JournalFile before = file;
        file = next;
        before.abandon();
    }

    private void snapshotIfTime() throws IOException {
        boolean isTime = snapshotWanted || file.written() > Math.max(LEAST, snapshotBytes);
        if (isTime && (snapshot == null || !snapshot.isAlive())) {
            snapshotWanted = false;
            begin();
            long its = generation;
            snapshot = Thread.ofPlatform().name("registry-snapshot").daemon().start(() -> writeSnapshot(its));
        }
    }

    private void writeSnapshot(long its) {
        try {
            snapshotBytes = new Snapshot(folder, kept, () -> closing).write(its, clock.millis());
            folder.removeBefore(its);
        } catch (CancellationException e) {
            LOG.debug("no time for a snapshot", e); // the journals have it all
        } catch (IOException | RuntimeException e) {
            LOG.atWarn().setCause(e).addKeyValue("folder", folder.path())
                    .log("no snapshot of the registry could be written; its journal grows");
        }
    }

    private void awaitSnapshot() {
        Thread running = snapshot;
        while (running != null && running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts this thread", e);
            }
        }
    }

    private void end() {
        try {
            if (!broken) {
                late.tellQuotas(this::put, clock.millis());
                file.force();
            }
            file.close();
        } catch (IOException e) {
            LOG.error("the registry's journal does not end well", e);
        }
        awaitSnapshot();
        synchronized (this) {
            waiting.kept.complete(false); // as are all who come now
        }
    }

    /** Writes what has come so far, and ends. */
    @Override
    public void close() {
        closing = true;
        wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
