package io.fingerpost.registry.redis;

import io.fingerpost.contract.PieceSet;
import io.fingerpost.registry.store.Admission;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * What stands beside a holder, or beside a digest that is held: 4 bytes for a complete holding, else also the number of pieces and
 * their bits.
 *
 * @param mark of the lease under which it was announced: what an earlier one of the same peer left behind counts for nothing
 * @param pieces which it holds; none, in a message, if it holds it no more
 */
record HolderValue(int mark, PieceSet pieces) {
    private static final long PART_OVERHEAD = 64;
    static final PieceSet NONE = PieceSet.of(1, new byte[0]);
    private static final PieceSet ALL = PieceSet.all(1);

    /** Tells one lease of a peer from another. */
    static int mark(Admission admission) {
        return (int) (admission.secretHash().first() >>> Integer.SIZE);
    }

    /** What the set of pieces takes, if it is not complete. */
    long partBytes() {
        return pieces.isComplete() ? 0 : PART_OVERHEAD + pieces.count() / Byte.SIZE;
    }

    byte[] bytes() {
        if (pieces.isComplete()) {
            return ByteBuffer.allocate(Integer.BYTES).putInt(mark).array();
        }
        byte[] bits = pieces.bytes();
        return ByteBuffer.allocate(2 * Integer.BYTES + bits.length).putInt(mark).putInt(pieces.count()).put(bits)
                .array();
    }

    /** @throws IllegalArgumentException if the bytes are no such value */
    static HolderValue parse(byte[] bytes) {
        try {
            var in = ByteBuffer.wrap(bytes);
            int mark = in.getInt();
            if (!in.hasRemaining()) {
                return new HolderValue(mark, ALL);
            }
            int count = in.getInt();
            var bits = new byte[in.remaining()];
            in.get(bits);
            return new HolderValue(mark, PieceSet.of(count, bits));
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a holder's value is cut short", e);
        }
    }
}
