package io.fingerpost.agent.fetch;

import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * Takes the bytes of a representation in order and tells, piece by piece, whether they are the right ones. After a wrong
 * piece it stands where that piece began. Not thread-safe.
 */
final class PieceVerifier {
    private final Representation representation;
    private final PieceLayout layout;
    private final MessageDigest digest = Sha256.newDigest();
    private int piece;
    private int taken;

    PieceVerifier(Representation representation) {
        this.representation = representation;
        this.layout = representation.layout();
    }

    /** What a call of {@link #update} led to. */
    enum Outcome {
        MORE, GOOD_PIECE, BAD_PIECE
    }

    /** Where the next byte belongs. */
    long position() {
        return isComplete() ? layout.size() : layout.offset(piece) + taken;
    }

    boolean isComplete() {
        return piece == layout.count();
    }

    /** How many bytes the piece at hand still wants. */
    int missing() {
        return layout.length(piece) - taken;
    }

    /** Takes all of {@code bytes}, at most {@link #missing} of them. */
    Outcome update(ByteBuffer bytes) {
        taken += bytes.remaining();
        digest.update(bytes);
        if (taken < layout.length(piece)) {
            return Outcome.MORE;
        }
        boolean good = Sha256.of(digest.digest()).equals(representation.pieces().get(piece));
        taken = 0;
        piece += good ? 1 : 0;
        return good ? Outcome.GOOD_PIECE : Outcome.BAD_PIECE;
    }
}
