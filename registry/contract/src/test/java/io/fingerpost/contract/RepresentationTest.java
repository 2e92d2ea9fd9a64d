package io.fingerpost.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fingerpost.contract.api.WireJson;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RepresentationTest {
    private static final Sha256 DIGEST = Sha256.digestOf(new byte[] {1});
    private static final Sha256 OTHER = Sha256.digestOf(new byte[] {2});
    private static final ReplayedHeaders HEADERS = new ReplayedHeaders(Map.of("ETag", "\"v1\""));
    private static final long TWO_PIECES = PieceLayout.MIN_PIECE + 1;

    @Test
    void needsAsManyPieceHashesAsItsSizeHasPieces() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Representation(DIGEST, TWO_PIECES, HEADERS, hashes(1)))
                .withMessageContaining("have 2 pieces, not 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Representation(DIGEST, TWO_PIECES, HEADERS, hashes(3)));
        assertThat(new Representation(DIGEST, TWO_PIECES, HEADERS, hashes(2)).layout().count()).isEqualTo(2);
    }

    /** Else an agent that checks pieces and one that checks the whole would believe different bytes. */
    @Test
    void refusesASinglePieceThatIsNotTheWhole() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Representation(DIGEST, 1, HEADERS, PieceHashes.of(List.of(OTHER))));
    }

    @Test
    void survivesTheWire() {
        var representation = new Representation(DIGEST, TWO_PIECES, HEADERS, hashes(2));
        var json = WireJson.strict();

        assertThat(json.readValue(json.writeValueAsString(representation), Representation.class))
                .isEqualTo(representation);
    }

    private static PieceHashes hashes(int count) {
        return PieceHashes.of(Collections.nCopies(count, OTHER));
    }
}
