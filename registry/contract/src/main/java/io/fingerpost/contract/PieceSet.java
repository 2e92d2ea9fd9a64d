package io.fingerpost.contract;

import java.util.Base64;
import java.util.BitSet;

/** Which pieces of one representation somebody holds; immutable. */
public final class PieceSet {
    private static final String ALL = "*";

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

    /** Reads the wire form for a representation with {@code count} pieces: `*`, or base64url of the bits, lowest first. */
    public static PieceSet parse(int count, String text) {
        if (text.equals(ALL)) {
            return all(count);
        }
        if (text.length() > Math.ceilDiv(count, 6) + 4) {
            throw new IllegalArgumentException("more bits than " + count + " pieces have");
        }
        return of(count, BitSet.valueOf(Base64.getUrlDecoder().decode(text)));
    }

    /** The wire form that {@link #parse} reads. */
    public String text() {
        return isComplete() ? ALL : Base64.getUrlEncoder().withoutPadding().encodeToString(bits.toByteArray());
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
