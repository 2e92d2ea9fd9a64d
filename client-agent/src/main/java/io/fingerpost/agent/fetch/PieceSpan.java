package io.fingerpost.agent.fetch;

import java.util.ArrayList;
import java.util.List;

/**
 * Pieces in a row, which are one request.
 *
 * @param urgency 0, the most urgent, to 7 (RFC 9218 §4.1)
 */
record PieceSpan(int first, int last, int urgency) {
    /** @param pieces in any order; what is none of {@code count} pieces is left out */
    static List<PieceSpan> of(List<Integer> pieces, int count, int urgency) {
        var spans = new ArrayList<PieceSpan>();
        for (int piece : pieces) {
            if (piece < 0 || piece >= count) {
                continue; // no order that makes sense
            }
            PieceSpan last = spans.isEmpty() ? null : spans.getLast();
            if (last != null && last.last + 1 == piece) {
                spans.set(spans.size() - 1, new PieceSpan(last.first, piece, urgency));
            } else {
                spans.add(new PieceSpan(piece, piece, urgency));
            }
        }
        return spans;
    }
}
