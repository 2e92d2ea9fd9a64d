package io.fingerpost.registry.durable;

import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.change.Codec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/** Writes all that is kept into one file, which then counts instead of all journals before it. */
final class Snapshot {
    private final StoreFolder folder;
    private final Kept kept;
    private final BooleanSupplier cancelled;

    /** @param cancelled is asked now and then whether to give up */
    Snapshot(StoreFolder folder, Kept kept, BooleanSupplier cancelled) {
        this.folder = folder;
        this.kept = kept;
        this.cancelled = cancelled;
    }

    /**
     * Writes it, after the journal of its generation has begun: all that was changed before is in here, all that is changed
     * meanwhile is there.
     *
     * @param now milliseconds since 1970
     * @return bytes of the file
     * @throws CancellationException if it was given up
     */
    long write(long generation, long now) throws IOException {
        Path file = folder.snapshot(generation);
        try (var log = new LogWriter(folder.unfinished(file))) {
            kept.tell(change -> {
                if (cancelled.getAsBoolean()) {
                    throw new CancellationException("no time for a snapshot");
                }
                log.put(Codec.encode(change));
            }, now);
            log.put(Codec.encode(new Change.Ended()));
            log.force();
            folder.finish(file);
            return log.written();
        } finally {
            Files.deleteIfExists(folder.unfinished(file));
        }
    }
}
