package io.fingerpost.contract.api;

import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import java.util.List;

/**
 * A peer says what it holds now, and what no longer.
 *
 * @param hold replaces what was known of these digests
 * @param drop is withdrawn
 */
public record HoldingsUpdate(List<Held> hold, List<Sha256> drop) {
    /** Most entries of one update, both lists together. */
    public static final int MAX_ENTRIES = 1_000;

    public HoldingsUpdate {
        hold = List.copyOf(hold);
        drop = List.copyOf(drop);
        if (hold.size() + drop.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException("at most " + MAX_ENTRIES + " entries go into one update");
        }
    }

    /**
     * One representation at one peer.
     *
     * @param size bytes of the representation, which gives the number of pieces
     * @param pieces the wire form of a {@link PieceSet}
     */
    public record Held(Sha256 digest, long size, String pieces) {
        public Held {
            PieceSet.parse(new PieceLayout(size).count(), pieces);
        }

        /** All of a representation of {@code size} bytes. */
        public static Held complete(Sha256 digest, long size) {
            return new Held(digest, size, PieceSet.all(new PieceLayout(size).count()).text());
        }

        public PieceSet pieceSet() {
            return PieceSet.parse(new PieceLayout(size).count(), pieces);
        }
    }
}
