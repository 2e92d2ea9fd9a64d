package io.fingerpost.agent.fetch;

import io.fingerpost.agent.store.Written;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.http.ByteRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A representation on its way into the store, which any number of readers may follow at their own speed. They see the bytes
 * up to where all is verified, and wait for more.
 */
public final class Transfer {
    private final Written written;
    private final long size;
    private final Map<String, String> headers;
    private final Optional<Sha256> digest;
    private final Supply supply = new Supply();
    /** All below guarded by this. The filler is a user as every reader is. */
    private int users = 1;
    private long available;
    /** Readers that began elsewhere than at the start. */
    private int scattered;
    private boolean hasBegun;
    private @Nullable IOException failure;

    /**
     * @param written closed when nobody reads it any more
     * @param headers for whoever passes the bytes on
     * @param digest of the whole, if it is known before the end
     */
    Transfer(Written written, long size, Map<String, String> headers, Optional<Sha256> digest) {
        this.written = written;
        this.size = size;
        this.headers = Map.copyOf(headers);
        this.digest = digest;
    }

    public long size() {
        return size;
    }

    public Map<String, String> headers() {
        return headers;
    }

    public Optional<Sha256> digest() {
        return digest;
    }

    /** Who filled it, and how far. */
    Supply supply() {
        return supply;
    }

    /** @param resource under which it was asked for */
    public Progress progress(String resource) {
        return supply.progress(resource, size);
    }

    /** Whether a part of it is there, at least how it begins, or begins no more than so many bytes behind what is. */
    synchronized boolean isNear(ByteRange range, long most) {
        var span = range.resolve(size);
        return span == null || span.first() - available <= most
                || written.readableUpTo(span.first()) > span.first();
    }

    /** Bytes that readers may have now. */
    public synchronized long available() {
        return available;
    }

    /** Something is verified, and all of it up to {@code verified}. */
    synchronized void advance(long verified) {
        if (hasBegun && verified == available && scattered == 0) {
            return; // nothing to wake anybody for
        }
        hasBegun = true;
        available = verified;
        notifyAll();
    }

    /** Ends the transfer well. */
    synchronized void complete() {
        hasBegun = true;
        available = size;
        notifyAll();
        leave();
    }

    /** Ends it badly; readers keep what they have and are told. */
    synchronized void fail(IOException why) {
        failure = why;
        notifyAll();
        leave();
    }

    /** A view from the start; has to be closed. Empty if the transfer is over and its file closed. */
    public synchronized Optional<Reader> reader() {
        if (users == 0) {
            return Optional.empty();
        }
        users++;
        return Optional.of(new Reader());
    }

    private synchronized void leave() {
        users--;
        if (users == 0) {
            try {
                written.close();
            } catch (IOException e) {
                throw new UncheckedIOException("the file of a transfer does not close", e);
            }
        }
    }

    private synchronized boolean begins() {
        try {
            while (!hasBegun && failure == null) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return hasBegun;
    }

    /** Waits until there is something beyond {@code position}; how much is readable up to. */
    private synchronized long await(long position) throws IOException {
        long readable = readable(position);
        try {
            while (readable <= position && failure == null && position < size) {
                wait();
                readable = readable(position);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (readable <= position && failure != null) {
            throw failure;
        }
        return readable;
    }

    private long readable(long position) {
        return available > position || scattered == 0 ? available : written.readableUpTo(position);
    }

    private synchronized void scatter() {
        scattered++;
    }

    private synchronized void gather() {
        scattered--;
    }

    /** One reader's way through the bytes. */
    public final class Reader implements AutoCloseable {
        private long position;
        private boolean isScattered;

        /** Goes to another place, where nothing may be there yet. */
        public void seek(long target) {
            if (target > 0 && !isScattered) {
                isScattered = true;
                scatter();
            }
            position = target;
        }

        /** Fills some of {@code target}; -1 at the end. Throws when the transfer failed before more was verified. */
        public int read(ByteBuffer target) throws IOException {
            if (position == size) {
                return -1;
            }
            long readable = await(position) - position;
            target.limit((int) Math.min(target.limit(), target.position() + readable));
            int count = written.read(target, position);
            position += count;
            return count;
        }

        /** Waits until anything is verified; false if the transfer failed before that. */
        public boolean begins() {
            return Transfer.this.begins(); // why not, the transfer has logged
        }

        /** How many bytes were read. */
        public long position() {
            return position;
        }

        @Override
        public void close() {
            if (isScattered) {
                gather();
            }
            leave();
        }
    }
}
