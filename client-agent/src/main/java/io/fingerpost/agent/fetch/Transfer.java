package io.fingerpost.agent.fetch;

import io.fingerpost.agent.store.Blob;
import io.fingerpost.agent.store.Incoming;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
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
    private final Incoming incoming;
    private final long size;
    private final Map<String, String> headers;
    private final Optional<Sha256> digest;
    /** All below guarded by this. The filler is a user as every reader is. */
    private int users = 1;
    private long available;
    private @Nullable IOException failure;

    /**
     * @param headers for whoever passes the bytes on
     * @param digest of the whole, if it is known before the end
     */
    Transfer(Incoming incoming, long size, Map<String, String> headers, Optional<Sha256> digest) {
        this.incoming = incoming;
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

    /** Bytes that readers may have now. */
    public synchronized long available() {
        return available;
    }

    /** Writes where it belongs what readers must not see before {@link #advance}. */
    void write(ByteBuffer bytes, long position) throws StoreFailed {
        try {
            incoming.write(bytes, position);
        } catch (IOException e) {
            throw new StoreFailed(e);
        }
    }

    synchronized void advance(long verified) {
        available = verified;
        notifyAll();
    }

    /** All bytes are there and verified: puts them into the store. */
    Blob commit(Representation representation) throws StoreFailed {
        try {
            return incoming.commit(representation);
        } catch (IOException e) {
            throw new StoreFailed(e);
        }
    }

    /** Ends the transfer well. */
    synchronized void complete() {
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
                incoming.close();
            } catch (IOException e) {
                throw new UncheckedIOException("the file of a transfer does not close", e);
            }
        }
    }

    /** Waits until there is something beyond {@code position}; how much is readable up to. */
    private synchronized long await(long position) throws IOException {
        try {
            while (available <= position && failure == null && position < size) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (available <= position && failure != null) {
            throw failure;
        }
        return available;
    }

    /** One reader's way through the bytes. */
    public final class Reader implements AutoCloseable {
        private long position;

        /** Fills some of {@code target}; -1 at the end. Throws when the transfer failed before more was verified. */
        public int read(ByteBuffer target) throws IOException {
            if (position == size) {
                return -1;
            }
            long readable = await(position) - position;
            target.limit((int) Math.min(target.limit(), target.position() + readable));
            int count = incoming.read(target, position);
            position += count;
            return count;
        }

        /** Waits for the first byte; false if the transfer failed before there was one. */
        public boolean begins() {
            try {
                await(0);
                return true;
            } catch (IOException e) {
                return false; // why, the transfer has logged
            }
        }

        /** How many bytes were read. */
        public long position() {
            return position;
        }

        @Override
        public void close() {
            leave();
        }
    }
}
