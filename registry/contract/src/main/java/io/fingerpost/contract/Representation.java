package io.fingerpost.contract;

import java.util.List;

/**
 * The exact bytes of a resource in identity coding: what they hash to, and what is said about them.
 *
 * @param digest of all bytes
 * @param size in bytes
 * @param headers the origin's fields that each holder replays
 * @param pieces digests of the pieces, as many as {@link #layout()} says; or none, when only the whole is known
 */
public record Representation(Sha256 digest, long size, ReplayedHeaders headers, PieceHashes pieces) {
    public Representation {
        int expected = new PieceLayout(size).count();
        if (pieces.count() != 0 && pieces.count() != expected) {
            throw new IllegalArgumentException(size + " bytes have " + expected + " pieces, not " + pieces.count());
        }
        if (pieces.count() == 1 && !pieces.get(0).equals(digest)) {
            throw new IllegalArgumentException("the only piece is the whole, but its digest differs");
        }
    }

    /** What is known of bytes of which only the digest was told: the only piece is the whole, more pieces remain unknown. */
    public static Representation ofDigest(Sha256 digest, long size, ReplayedHeaders headers) {
        boolean single = new PieceLayout(size).count() == 1;
        return new Representation(digest, size, headers, PieceHashes.of(single ? List.of(digest) : List.of()));
    }

    /** Whether each piece can be checked by itself. */
    public boolean hasPieces() {
        return pieces.count() > 0;
    }

    public PieceLayout layout() {
        return new PieceLayout(size);
    }
}
