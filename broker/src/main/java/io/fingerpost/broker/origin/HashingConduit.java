package io.fingerpost.broker.origin;

import io.fingerpost.contract.RepresentationHasher;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitWritableByteChannel;
import org.xnio.conduits.StreamSinkConduit;

/** Hashes a response body on its way to the client, and says so when all of it has gone by. */
final class HashingConduit extends AbstractStreamSinkConduit<StreamSinkConduit> {
    private final RepresentationHasher hasher;
    private final Runnable whenComplete;

    HashingConduit(StreamSinkConduit next, RepresentationHasher hasher, Runnable whenComplete) {
        super(next);
        this.hasher = hasher;
        this.whenComplete = whenComplete;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        var before = source.duplicate();
        int written = super.write(source);
        hash(before, written);
        return written;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        var before = duplicates(sources, offset, length);
        long written = super.write(sources, offset, length);
        hash(before, written);
        return written;
    }

    @Override
    public int writeFinal(ByteBuffer source) throws IOException {
        var before = source.duplicate();
        int written = super.writeFinal(source);
        hash(before, written);
        return written;
    }

    @Override
    public long writeFinal(ByteBuffer[] sources, int offset, int length) throws IOException {
        var before = duplicates(sources, offset, length);
        long written = super.writeFinal(sources, offset, length);
        hash(before, written);
        return written;
    }

    @Override
    public long transferFrom(FileChannel source, long position, long count) throws IOException {
        return source.transferTo(position, count, new ConduitWritableByteChannel(this));
    }

    @Override
    public long transferFrom(StreamSourceChannel source, long count, ByteBuffer throughBuffer) throws IOException {
        return IoUtils.transfer(source, count, throughBuffer, new ConduitWritableByteChannel(this));
    }

    private static ByteBuffer[] duplicates(ByteBuffer[] sources, int offset, int length) {
        var duplicates = new ByteBuffer[length];
        for (int i = 0; i < length; i++) {
            duplicates[i] = sources[offset + i].duplicate();
        }
        return duplicates;
    }

    private void hash(ByteBuffer[] sources, long written) {
        long left = written;
        for (ByteBuffer source : sources) {
            int part = (int) Math.min(left, source.remaining());
            hash(source, part);
            left -= part;
        }
    }

    private void hash(ByteBuffer source, int written) {
        if (written > 0) {
            hasher.update(source.slice(source.position(), written));
            if (hasher.isComplete()) {
                whenComplete.run();
            }
        }
    }
}
