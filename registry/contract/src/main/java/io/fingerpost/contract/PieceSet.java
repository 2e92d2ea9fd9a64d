package io.fingerpost.contract;

import java.util.BitSet;

/** Which pieces of one representation somebody holds; immutable. */
public final class PieceSet {
    private final int count;
    private final BitSet bits;

    private PieceSet(int count, BitSet bits) {
        this.count = count;
        this.bits = bits;
    }

    /** Every piece of a representation with {@code count} pieces. */
    public static PieceSet all(int count) {
        var bits = new BitSet(count);
        bits.set(0, count);
        return new PieceSet(count, bits);
    }

    /** @throws IllegalArgumentException if a bit lies beyond {@code count} */
    public static PieceSet of(int count, BitSet bits) {
        if (bits.length() > count) {
            throw new IllegalArgumentException("piece " + (bits.length() - 1) + " of " + count + " does not exist");
        }
        return new PieceSet(count, (BitSet) bits.clone());
    }

    /**
     * The pieces whose bits are set, lowest in the lowest bit of the first byte.
     *
     * @throws IllegalArgumentException if a bit lies beyond {@code count}
     */
    public static PieceSet of(int count, byte[] bits) {
        return of(count, BitSet.valueOf(bits));
    }

    /** The bits that {@link #of(int, byte[])} reads, without zero bytes at the end. */
    public byte[] bytes() {
        return bits.toByteArray();
    }

    /** How many pieces the representation has. */
    public int count() {
        return count;
    }

    /** By the pieces alone, the same everywhere. */
    long hash() {
        long hash = count;
        for (long word : bits.toLongArray()) {
            hash = HoldingsChecksum.mixed(hash + word);
        }
        return hash;
    }

    public boolean isComplete() {
        return bits.cardinality() == count;
    }

    public boolean isEmpty() {
        return bits.isEmpty();
    }

    public boolean contains(int piece) {
        return bits.get(piece);
    }

    /** Whether all pieces from {@code first} to {@code last}, both included, are held. */
    public boolean containsAll(int first, int last) {
        return bits.nextClearBit(first) > last;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PieceSet that && count == that.count && bits.equals(that.bits);
    }

    @Override
    public int hashCode() {
        return bits.hashCode();
    }

    @Override
    public String toString() {
        return bits.cardinality() + " of " + count + " pieces";
    }
}
