package io.fingerpost.registry.durable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Appends frames to a file of its own. A frame is its body's length, its number in the file, the check of these two, the check of the
 * body, each 4 bytes, and the body.
 */
final class LogWriter implements AutoCloseable {
    static final int HEAD = 4 * Integer.BYTES;
    /** Far more than any change takes: 65,536 piece hashes have 2 MiB, 1,000 piece sets 8 MiB. */
    static final int MAX_BODY = 16 << 20;
    private static final int BUFFER = 256 << 10;

    private final LogHeader header = LogHeader.fresh();
    private final FileChannel channel;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    private int next;
    private long written;

    /** Creates the file anew, for this user alone to read. */
    LogWriter(Path file) throws IOException {
        channel = FileChannel.open(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        buffer.put(header.bytes());
        flush();
    }

    /** Takes a frame, which is in the file after the next {@link #flush} at the latest. */
    void put(byte[] body) throws IOException {
        if (body.length > MAX_BODY) {
            throw new IllegalArgumentException("a change of " + body.length + " bytes");
        }
        reserve(HEAD + body.length);
        int at = buffer.position();
        buffer.putInt(body.length).putInt(next++);
        buffer.putInt(header.check(buffer.slice(at, 2 * Integer.BYTES)));
        buffer.putInt(header.check(ByteBuffer.wrap(body))).put(body);
    }

    private void reserve(int bytes) throws IOException {
        if (buffer.remaining() < bytes) {
            flush();
        }
        if (buffer.remaining() < bytes) {
            buffer = ByteBuffer.allocateDirect(bytes);
        }
    }

    /** Hands all frames to the system, which keeps them if this process ends, however it does. */
    void flush() throws IOException {
        buffer.flip();
        while (buffer.hasRemaining()) {
            written += channel.write(buffer);
        }
        buffer = buffer.capacity() > BUFFER ? ByteBuffer.allocateDirect(BUFFER) : buffer.clear();
    }

    /** Waits until the disk has them, which then keeps them without power as well. */
    void force() throws IOException {
        flush();
        channel.force(false);
    }

    /** Bytes of the file. */
    long written() {
        return written;
    }

    /** Closes the file as it is. */
    void abandon() throws IOException {
        channel.close();
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            flush();
        }
    }
}
