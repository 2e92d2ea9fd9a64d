package io.fingerpost.contract;

/**
 * The exact bytes of a resource in identity coding: what they hash to, and what is said about them.
 *
 * @param digest of all bytes
 * @param size in bytes
 * @param headers the origin's fields that each holder replays
 * @param pieces digests of the pieces, as many as {@link #layout()} says
 */
public record Representation(Sha256 digest, long size, ReplayedHeaders headers, PieceHashes pieces) {
    public Representation {
        int expected = new PieceLayout(size).count();
        if (pieces.count() != expected) {
            throw new IllegalArgumentException(size + " bytes have " + expected + " pieces, not " + pieces.count());
        }
        if (expected == 1 && !pieces.get(0).equals(digest)) {
            throw new IllegalArgumentException("the only piece is the whole, but its digest differs");
        }
    }

    public PieceLayout layout() {
        return new PieceLayout(size);
    }
}
