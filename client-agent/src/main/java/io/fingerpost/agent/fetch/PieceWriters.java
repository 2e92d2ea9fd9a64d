package io.fingerpost.agent.fetch;

import java.util.HashMap;
import java.util.Map;

/** Who writes which piece, and where the next goes on when a source breaks off. Safe for use by many threads. */
final class PieceWriters {
    /** How many bytes of a piece a source wrote that broke off. */
    private final Map<Integer, Integer> begun = new HashMap<>();
    private final Map<Integer, Integer> writers = new HashMap<>();

    /** Where to go on with a piece: at the byte where an earlier source broke off. Its writer is one more then. */
    synchronized int resume(int piece) {
        Integer bytes = writers.containsKey(piece) ? null : begun.remove(piece);
        enter(piece);
        return bytes == null ? 0 : bytes;
    }

    synchronized void enter(int piece) {
        writers.merge(piece, 1, Integer::sum);
    }

    /** Whether nobody else writes the piece now. */
    synchronized boolean leave(int piece) {
        return writers.computeIfPresent(piece, (_, count) -> count == 1 ? null : count - 1) == null;
    }

    /** A source broke off after so many bytes. */
    synchronized void keep(int piece, int bytes) {
        if (bytes > 0) {
            begun.put(piece, bytes);
        }
    }

    /** The piece is there. */
    synchronized void done(int piece) {
        begun.remove(piece);
    }
}
