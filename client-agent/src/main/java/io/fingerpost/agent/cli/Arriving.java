package io.fingerpost.agent.cli;

import io.fingerpost.agent.fetch.Progress;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A file on its way to the user: what has been written of it, and what whoever fetches it says. Safe for use by many threads. */
final class Arriving implements Supplier<Progress> {
    private final long began = System.nanoTime();
    private final long size;
    private final boolean isStored;
    private final Supplier<Optional<Progress>> transfer;
    private @Nullable Progress last;
    private long written;

    /**
     * @param size of the whole, or less than 1 if that is not known
     * @param isStored whether it comes from the store, else from the origin, as long as {@code transfer} says nothing
     * @param transfer how far the transfer is; empty when there is none, or none any more
     */
    Arriving(long size, boolean isStored, Supplier<Optional<Progress>> transfer) {
        this.size = size;
        this.isStored = isStored;
        this.transfer = transfer;
    }

    long size() {
        return size;
    }

    synchronized void wrote(long bytes) {
        written += bytes;
    }

    @Override
    public Progress get() {
        var told = transfer.get();
        synchronized (this) {
            told.ifPresent(now -> last = now);
            long millis = (System.nanoTime() - began) / 1_000_000;
            return last == null
                    ? new Progress("", size, written, 0, isStored ? 0 : written, 0, millis)
                    : new Progress(last.resource(), size, Math.max(written, last.done()), last.fromPeers(),
                            last.fromOrigin(), last.peers(), millis);
        }
    }
}
