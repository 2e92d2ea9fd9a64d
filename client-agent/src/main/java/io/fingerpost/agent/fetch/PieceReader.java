package io.fingerpost.agent.fetch;

import io.fingerpost.agent.store.Partial;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.api.FailureReport.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/** Takes pieces from a body, one after the other. */
final class PieceReader {
    private static final int BUFFER = 64 * 1024;

    private final Partial partial;
    private final PieceLayout layout;
    private final InputStream body;
    private final byte[] buffer = new byte[BUFFER];
    private int taken;

    PieceReader(Partial partial, InputStream body) {
        this.partial = partial;
        this.layout = partial.representation().layout();
        this.body = body;
    }

    /**
     * Reads the rest of a piece into the store.
     *
     * @param from how many bytes of it were written before
     * @return whether the piece is right now
     * @throws SourceFailed if the body ends or stalls
     * @throws StoreFailed if the store cannot take it
     */
    boolean take(int piece, int from) throws IOException {
        taken = from;
        int length = layout.length(piece);
        while (taken < length) {
            takePart(layout.offset(piece) + taken, Math.min(BUFFER, length - taken));
        }
        try {
            return partial.verify(piece);
        } catch (IOException e) {
            throw new StoreFailed(e);
        }
    }

    /** How many bytes of the last piece are written. */
    int taken() {
        return taken;
    }

    /** What came before a failure is stored as well. */
    private void takePart(long position, int length) throws IOException {
        var arrivals = new Arrivals();
        int filled = 0;
        try {
            while (filled < length) {
                filled += read(filled, length - filled);
                arrivals.awaitMost(filled, length - filled);
            }
        } finally {
            store(ByteBuffer.wrap(buffer, 0, filled), position);
            taken += filled;
        }
    }

    private int read(int offset, int most) throws SourceFailed {
        if (Thread.currentThread().isInterrupted()) {
            throw new SourceFailed("interrupted"); // a socket does not notice on a platform thread
        }
        try {
            int count = body.read(buffer, offset, most);
            if (count < 0) {
                throw new SourceFailed(Phase.SHORT, "the body ended early");
            }
            return count;
        } catch (SourceFailed e) {
            throw e;
        } catch (IOException e) {
            throw new SourceFailed(Phase.SHORT, String.valueOf(e.getMessage()), e);
        }
    }

    private void store(ByteBuffer bytes, long position) throws StoreFailed {
        try {
            partial.write(bytes, position);
        } catch (IOException e) {
            throw new StoreFailed(e);
        }
    }
}
