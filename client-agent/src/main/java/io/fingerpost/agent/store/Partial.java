package io.fingerpost.agent.store;

import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An incomplete blob, of which each piece is served as soon as it is verified. Safe for use by many threads: all transfers of a
 * digest share one, and each of them closes it once.
 *
 * <p>A piece is written and verified under the same lock, and never written again once it was right: what is served cannot change.
 */
public final class Partial implements Written {
    /** Pieces share this many locks: more than there are threads that write at a time. */
    private static final int LOCKS = 16;
    private static final int BUFFER = 64 * 1024;
    private static final ByteBuffer BLANK = ByteBuffer.allocate(BUFFER).asReadOnlyBuffer();

    private final BlobStore store;
    private final Representation representation;
    private final PieceLayout layout;
    private final SharedFile file;
    private final List<Object> locks = Stream.generate(Object::new).limit(LOCKS).toList();
    private final Object checking = new Object();
    private final Object committing = new Object();
    /** Guarded by this. */
    private final BitSet verified;
    /** Pieces of which the disk has some bytes; guarded by this. */
    private final BitSet written;
    /** Guarded by this. */
    private int users = 1;
    /** Guarded by checking. */
    private boolean isChecked;
    /** Guarded by committing. */
    private @Nullable Blob blob;

    private Partial(BlobStore store, Representation representation, SharedFile file, BitSet verified, BitSet written) {
        this.store = store;
        this.representation = representation;
        this.layout = representation.layout();
        this.file = file;
        this.verified = verified;
        this.written = written;
    }

    /** A new one, or one of which {@link #check} has to find out how far it is. */
    Partial(BlobStore store, Representation representation, SharedFile file) {
        this(store, representation, file, new BitSet(), new BitSet());
    }

    /** One that goes on. */
    Partial(BlobStore store, Paused paused, SharedFile file) {
        this(store, paused.representation(), file, BitSet.valueOf(paused.verified().bytes()),
                BitSet.valueOf(paused.written().bytes()));
        this.isChecked = true;
    }

    public Representation representation() {
        return representation;
    }

    /** The pieces that are verified now. */
    public synchronized PieceSet verified() {
        return PieceSet.of(layout.count(), verified);
    }

    /** How many bytes the pieces have that are verified now. */
    public synchronized long verifiedBytes() {
        return verified.stream().mapToLong(layout::length).sum();
    }

    /** @param piece 0 to the number of pieces - 1 */
    public synchronized boolean isVerified(int piece) {
        return verified.get(piece);
    }

    /**
     * Writes all of {@code bytes} at {@code position}, but for those of verified pieces, which are left as they are. When the disk
     * is full, other blobs make room.
     *
     * @throws IndexOutOfBoundsException if they do not lie within the representation
     */
    public void write(ByteBuffer bytes, long position) throws IOException {
        Objects.checkFromIndexSize(position, bytes.remaining(), layout.size());
        int end = bytes.limit();
        for (long at = position; bytes.position() < end; bytes.limit(end)) {
            int piece = layout.pieceAt(at);
            long left = layout.offset(piece) + layout.length(piece) - at;
            bytes.limit((int) Math.min(end, bytes.position() + left));
            at += bytes.remaining();
            writeWithin(piece, bytes, at - bytes.remaining());
        }
    }

    private void writeWithin(int piece, ByteBuffer bytes, long position) throws IOException {
        synchronized (lock(piece)) {
            if (isVerified(piece)) {
                bytes.position(bytes.limit());
                return;
            }
            markWritten(piece);
            int start = bytes.position();
            store.withRoom(layout.size(), () -> file.write(bytes.position(start), position));
        }
    }

    private Object lock(int piece) {
        return locks.get(piece % LOCKS);
    }

    private synchronized void markWritten(int piece) {
        written.set(piece);
    }

    private synchronized void markVerified(int piece) {
        written.set(piece);
        verified.set(piece);
        notifyAll();
    }

    /**
     * Waits until a piece is verified.
     *
     * @return false if it is not within the time
     */
    public synchronized boolean awaitVerified(int piece, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        for (long left = end - System.nanoTime(); !verified.get(piece); left = end - System.nanoTime()) {
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /**
     * Reads a piece back, and makes it visible to all if its bytes are the right ones.
     *
     * @return whether the piece is verified now
     */
    public boolean verify(int piece) throws IOException {
        Objects.checkIndex(piece, layout.count());
        synchronized (lock(piece)) {
            if (isVerified(piece)) {
                return true;
            }
            if (!isRight(piece)) {
                return false;
            }
            markVerified(piece);
        }
        store.tell(representation.digest());
        return true;
    }

    private boolean isRight(int piece) throws IOException {
        var digest = Sha256.newDigest();
        return everyPart(piece, part -> {
            digest.update(part);
            return true;
        }) && Sha256.of(digest.digest()).equals(representation.pieces().get(piece));
    }

    /** Whether a piece is all there and {@code test} is true for the parts that it is read in. */
    private boolean everyPart(int piece, Predicate<ByteBuffer> test) throws IOException {
        var buffer = ByteBuffer.allocate(BUFFER);
        long end = layout.offset(piece) + layout.length(piece);
        for (long at = layout.offset(piece); at < end; at += buffer.limit()) {
            buffer.clear().limit((int) Math.min(BUFFER, end - at));
            if (file.read(buffer, at) < 0 || !test.test(buffer.flip())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Finds out, once, what an earlier process left: the truth is in the bytes. Who comes while that lasts, waits.
     *
     * @return whether anything showed that did not before
     */
    boolean check() throws IOException {
        synchronized (checking) {
            if (isChecked) {
                return false;
            }
            for (int piece = 0; piece < layout.count() && layout.offset(piece) < file.size(); piece++) {
                if (isRight(piece)) {
                    markVerified(piece);
                } else if (!isBlank(piece)) {
                    markWritten(piece);
                }
            }
            isChecked = true;
            return !verified().isEmpty();
        }
    }

    /** What is all zero was never written, and takes nothing on disk. */
    private boolean isBlank(int piece) throws IOException {
        return everyPart(piece, part -> BLANK.slice(0, part.remaining()).equals(part));
    }

    @Override
    public synchronized long readableUpTo(long position) {
        if (position >= layout.size()) {
            return position;
        }
        int missing = verified.nextClearBit(layout.pieceAt(position));
        return missing == layout.count() ? layout.size() : Math.max(position, layout.offset(missing));
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return file.read(target, position);
    }

    /**
     * Makes it a blob; who has it open can still read. The same again for everyone who does so later.
     *
     * @throws IOException if a piece is not verified, or the disk does not take it: then it stays what it is
     */
    public Blob commit() throws IOException {
        synchronized (committing) {
            if (blob == null) {
                if (!verified().isComplete()) {
                    throw new IOException("not complete: " + verified());
                }
                file.force(); // before the rename, or a power cut could leave a visible blob without its bytes
                blob = store.commit(this);
            }
            return blob;
        }
    }

    void movedTo(Blob committed) {
        file.movedTo(committed.file());
    }

    synchronized Paused paused() {
        return new Paused(representation, verified(), PieceSet.of(layout.count(), written));
    }

    synchronized void enter() {
        users++;
    }

    /** Whether that was the last user. */
    synchronized boolean exit() {
        users--;
        return users == 0;
    }

    /** When the last user closes it, what was verified waits on disk for a later one. */
    @Override
    public void close() {
        if (store.leave(this)) {
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException("an incomplete blob does not close", e);
            }
        }
    }
}
