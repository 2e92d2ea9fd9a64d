package io.fingerpost.agent.fetch;

import java.util.ArrayList;
import java.util.List;

/** Pieces in a row, which are one request. */
record PieceSpan(int first, int last) {
    /** @param pieces in any order; what is none of {@code count} pieces is left out */
    static List<PieceSpan> of(List<Integer> pieces, int count) {
        var spans = new ArrayList<PieceSpan>();
        for (int piece : pieces) {
            if (piece < 0 || piece >= count) {
                continue; // no order that makes sense
            }
            PieceSpan last = spans.isEmpty() ? null : spans.getLast();
            if (last != null && last.last + 1 == piece) {
                spans.set(spans.size() - 1, new PieceSpan(last.first, piece));
            } else {
                spans.add(new PieceSpan(piece, piece));
            }
        }
        return spans;
    }
}
