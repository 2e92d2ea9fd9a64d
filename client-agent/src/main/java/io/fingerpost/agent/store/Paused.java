package io.fingerpost.agent.store;

import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Representation;
import java.util.stream.IntStream;

/**
 * How far an incomplete blob is.
 *
 * @param written pieces of which the disk has some bytes, right or wrong
 */
record Paused(Representation representation, PieceSet verified, PieceSet written) {
    /** What it takes on disk, to a piece. */
    long bytes() {
        var layout = representation.layout();
        return IntStream.range(0, layout.count()).filter(written::contains).mapToLong(layout::length).sum();
    }
}
