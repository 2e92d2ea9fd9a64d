package io.fingerpost.agent.store;

import io.fingerpost.contract.Representation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file on its way into the store whose representation shows only when all of it is there; nobody sees it before
 * {@link #commit}. Closing it uncommitted removes it.
 */
public final class Incoming implements Written {
    private final BlobStore store;
    private final Path path;
    private final long size;
    private final SharedFile file;
    private boolean committed;

    Incoming(BlobStore store, Path path, long size) throws IOException {
        this.store = store;
        this.path = path;
        this.size = size;
        this.file = SharedFile.create(path);
    }

    /** Writes all of {@code bytes} at {@code position}; when the disk is full, older blobs make room. */
    public void write(ByteBuffer bytes, long position) throws IOException {
        int start = bytes.position();
        store.withRoom(size, () -> file.write(bytes.position(start), position));
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return file.read(target, position);
    }

    /** Makes the file a blob. The caller has verified that it is {@code representation}. */
    public Blob commit(Representation representation) throws IOException {
        if (file.size() != representation.size()) {
            throw new IOException(file.size() + " bytes were written, not " + representation.size());
        }
        file.force(); // before the rename, or a power cut could leave a visible blob without its bytes
        var blob = store.commit(path, representation);
        committed = true;
        return blob;
    }

    long size() {
        return size;
    }

    @Override
    public void close() throws IOException {
        file.close();
        if (!committed) {
            store.release(this);
            Files.deleteIfExists(path);
        }
    }
}
