package io.fingerpost.agent.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A file that is being written. */
public interface Written extends Closeable {
    /** Reads what was written; at most {@code target.remaining()} bytes from {@code position}, -1 at the end of that. */
    int read(ByteBuffer target, long position) throws IOException;

    @Override
    void close() throws IOException;
}
