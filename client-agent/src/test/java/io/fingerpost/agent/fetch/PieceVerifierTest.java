package io.fingerpost.agent.fetch;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.fetch.PieceVerifier.Outcome;
import io.fingerpost.agent.testing.Content;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PieceVerifierTest {
    /** Two whole pieces and a short one. */
    private static final Content FILE = Content.of(2 * PIECE + 1_000, 1);

    private final PieceVerifier verifier = new PieceVerifier(FILE.representation());

    private Outcome take(byte[] bytes, int first, int count) {
        return verifier.update(ByteBuffer.wrap(bytes, first, count));
    }

    @Test
    void saysWhenAPieceIsCompleteAndGood() {
        assertThat(take(FILE.bytes(), 0, PIECE - 1)).isEqualTo(Outcome.MORE);
        assertThat(verifier.missing()).isEqualTo(1);
        assertThat(verifier.position()).isEqualTo(PIECE - 1);

        assertThat(take(FILE.bytes(), PIECE - 1, 1)).isEqualTo(Outcome.GOOD_PIECE);

        assertThat(verifier.position()).isEqualTo(PIECE);
        assertThat(verifier.missing()).isEqualTo(PIECE);
    }

    @Test
    void isCompleteAfterTheShortLastPiece() {
        take(FILE.bytes(), 0, PIECE);
        take(FILE.bytes(), PIECE, PIECE);
        assertThat(verifier.isComplete()).isFalse();
        assertThat(verifier.missing()).isEqualTo(1_000);

        assertThat(take(FILE.bytes(), 2 * PIECE, 1_000)).isEqualTo(Outcome.GOOD_PIECE);

        assertThat(verifier.isComplete()).isTrue();
        assertThat(verifier.position()).isEqualTo(FILE.size());
    }

    @Test
    void standsWhereAWrongPieceBeganAndTakesItAnew() {
        take(FILE.bytes(), 0, PIECE);

        assertThat(take(FILE.withWrongBitAt(PIECE + 77), PIECE, PIECE)).isEqualTo(Outcome.BAD_PIECE);

        assertThat(verifier.position()).isEqualTo(PIECE);
        assertThat(take(FILE.bytes(), PIECE, PIECE)).isEqualTo(Outcome.GOOD_PIECE);
    }

    @Test
    void noticesOneWrongBitAtTheVeryEnd() {
        take(FILE.bytes(), 0, PIECE);
        take(FILE.bytes(), PIECE, PIECE);

        assertThat(take(FILE.withWrongBitAt(FILE.size() - 1), 2 * PIECE, 1_000)).isEqualTo(Outcome.BAD_PIECE);
        assertThat(verifier.isComplete()).isFalse();
    }

    @Test
    void noticesPiecesInTheWrongOrder() {
        assertThat(take(FILE.bytes(), PIECE, PIECE)).isEqualTo(Outcome.BAD_PIECE);
    }
}
