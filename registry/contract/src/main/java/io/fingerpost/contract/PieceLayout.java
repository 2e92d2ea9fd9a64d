package io.fingerpost.contract;

/**
 * How a representation of a given size is cut into pieces; the same for everyone, so that piece numbers need no agreement.
 *
 * @param size bytes of the whole representation, at least 1
 */
public record PieceLayout(long size) {
    /** Smallest piece in bytes: below it, hashes and requests cost more than they save. */
    public static final int MIN_PIECE = 64 * 1024;
    /** Largest piece in bytes: what a peer may have to send before a lie is noticed. */
    public static final int MAX_PIECE = 16 * 1024 * 1024;
    /** Most pieces of one representation. */
    public static final int MAX_PIECES = 65_536;
    /** Largest representation: 1 TiB. */
    public static final long MAX_SIZE = (long) MAX_PIECES * MAX_PIECE;
    /** Beyond about this many pieces nothing is left to gain from cutting finer. */
    private static final int AIM = 512;

    public PieceLayout {
        if (size < 1 || size > MAX_SIZE) {
            throw new IllegalArgumentException("a representation has 1 byte to 1 TiB, not " + size);
        }
    }

    /** Bytes of every piece but the last: clamp(nextPow2(size/512), 64 KiB, 16 MiB). */
    public int pieceSize() {
        long fair = Math.ceilDiv(size, AIM);
        long powerOfTwo = fair <= 1 ? 1 : Long.highestOneBit(fair - 1) << 1;
        return Math.clamp(powerOfTwo, MIN_PIECE, MAX_PIECE);
    }

    /** Number of pieces, at least 1. */
    public int count() {
        return (int) Math.ceilDiv(size, pieceSize());
    }

    /** Where piece {@code index} begins. */
    public long offset(int index) {
        return (long) index * pieceSize();
    }

    /** Bytes of piece {@code index}; only the last may be shorter. */
    public int length(int index) {
        return (int) Math.min(pieceSize(), size - offset(index));
    }

    /** The piece that holds the byte at {@code position}. */
    public int pieceAt(long position) {
        return (int) (position / pieceSize());
    }
}
