package io.fingerpost.contract;

/**
 * Tells two sets of holdings apart by 53 bits, which every JSON reader takes: the sum (exclusive or) of {@link #of} over all of them, so that it is kept up
 * to date at each change, and does not depend on their order. It finds what went lost, not what somebody forged.
 */
public final class HoldingsChecksum {
    private static final int UNUSED = Long.SIZE - 53;
    private static final long FACTOR = 0xD6E8_FEB8_6659_FD93L;

    private HoldingsChecksum() {}

    /** What one holding adds. */
    public static long of(Sha256 digest, PieceSet pieces) {
        return pieces.isComplete() ? ofComplete(digest) : mixed(ofComplete(digest) + pieces.hash()) >>> UNUSED;
    }

    /** What a holding of all pieces adds. */
    public static long ofComplete(Sha256 digest) {
        return mixed(digest.first() ^ mixed(digest.second())) >>> UNUSED;
    }

    static long mixed(long value) {
        long mixed = (value ^ value >>> 32) * FACTOR;
        return mixed ^ mixed >>> 29;
    }
}
