package io.fingerpost.agent.store;

import io.fingerpost.contract.Representation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file on its way into the store; nobody sees it there before {@link #commit}. Closing it uncommitted removes it.
 */
public final class Incoming implements AutoCloseable {
    private final BlobStore store;
    private final Path file;
    private final long size;
    private final FileChannel channel;
    private boolean committed;

    Incoming(BlobStore store, Path file, long size) throws IOException {
        this.store = store;
        this.file = file;
        this.size = size;
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    /** Writes all of {@code bytes} at {@code position}; when the disk is full, older blobs make room. */
    public void write(ByteBuffer bytes, long position) throws IOException {
        int start = bytes.position();
        try {
            writeFully(bytes, position);
        } catch (ClosedChannelException e) {
            throw e; // this transfer was stopped, the disk is not full
        } catch (IOException e) {
            if (!store.makeRoom(size)) {
                throw e;
            }
            writeFully(bytes.position(start), position);
        }
    }

    private void writeFully(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }

    /** Reads what was written; at most {@code target.remaining()} bytes from {@code position}. */
    public int read(ByteBuffer target, long position) throws IOException {
        return channel.read(target, position);
    }

    /** Makes the file a blob. The caller has verified that it is {@code representation}. */
    public Blob commit(Representation representation) throws IOException {
        if (channel.size() != representation.size()) {
            throw new IOException(channel.size() + " bytes were written, not " + representation.size());
        }
        channel.force(false); // before the rename, or a power cut could leave a visible blob without its bytes
        var blob = store.commit(this, representation);
        committed = true;
        return blob;
    }

    Path file() {
        return file;
    }

    long size() {
        return size;
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!committed) {
            store.release(this);
            Files.deleteIfExists(file);
        }
    }
}
