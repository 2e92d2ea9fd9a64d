package io.fingerpost.agent.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that any number of threads read and write at a time.
 *
 * <p>A thread that is interrupted closes the channel that it uses, for all (`InterruptibleChannel`): the others open it again.
 */
final class SharedFile implements AutoCloseable {
    /** All below guarded by this. */
    private Path path;
    private FileChannel channel;
    private boolean isClosed;

    private SharedFile(Path path, OpenOption... options) throws IOException {
        this.path = path;
        this.channel = FileChannel.open(path, options);
    }

    /** Opens a file, and makes it if it is missing. */
    static SharedFile create(Path path) throws IOException {
        return new SharedFile(path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Opens a file that is there. */
    static SharedFile open(Path path) throws IOException {
        return new SharedFile(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Writes all of {@code bytes}. */
    void write(ByteBuffer bytes, long position) throws IOException {
        int start = bytes.position();
        use(open -> {
            while (bytes.hasRemaining()) {
                open.write(bytes, position + bytes.position() - start);
            }
            return 0L;
        });
    }

    /** Reads at most {@code target.remaining()} bytes; -1 at the end of the file. */
    int read(ByteBuffer target, long position) throws IOException {
        return (int) use(open -> open.read(target, position));
    }

    /** Where its end is now. */
    long size() throws IOException {
        return use(FileChannel::size);
    }

    /** Returns when all that was written is safe from a power cut. */
    void force() throws IOException {
        use(open -> {
            open.force(false);
            return 0L;
        });
    }

    /** It has another name now. */
    synchronized void movedTo(Path target) {
        path = target;
    }

    private interface Use {
        long on(FileChannel open) throws IOException;
    }

    private long use(Use use) throws IOException {
        while (true) {
            var open = channel();
            try {
                return use.on(open);
            } catch (ClosedChannelException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
        }
    }

    private synchronized FileChannel channel() throws IOException {
        if (isClosed) {
            throw new ClosedChannelException();
        }
        if (!channel.isOpen()) {
            channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        }
        return channel;
    }

    @Override
    public synchronized void close() throws IOException {
        isClosed = true;
        channel.close();
    }
}
