package io.fingerpost.agent.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that is being written. */
public interface Written extends Closeable {
    /** Reads what was written; at most {@code target.remaining()} bytes from {@code position}, -1 at the end of that. */
    int read(ByteBuffer target, long position) throws IOException;

    /** Up to where all is verified from {@code position} on, as far as that is known here; at least {@code position}. */
    default long readableUpTo(long position) {
        return position;
    }

    @Override
    void close() throws IOException;
}
