package io.fingerpost.contract.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class HoldingsUpdateTest {
    private static final Sha256 DIGEST = Sha256.digestOf(new byte[] {1});

    @Test
    void takesAThousandEntriesOfBothKindsTogetherAndNotOneMore() {
        var held = Collections.nCopies(600, Held.complete(DIGEST, 1));

        assertThat(new HoldingsUpdate(held, Collections.nCopies(400, DIGEST)).hold()).hasSize(600);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HoldingsUpdate(held, Collections.nCopies(401, DIGEST)))
                .withMessageContaining("1000");
    }

    @Test
    void knowsThePiecesByTheSize() {
        long size = PieceLayout.MIN_PIECE * 9L;

        assertThat(new Held(DIGEST, size, "AAE").pieceSet().contains(8)).isTrue();
        assertThat(Held.complete(DIGEST, size).pieceSet()).isEqualTo(PieceSet.all(9));
    }

    @Test
    void refusesPiecesBeyondTheSize() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Held(DIGEST, PieceLayout.MIN_PIECE * 8L, "AAE"));
        assertThatIllegalArgumentException().isThrownBy(() -> new Held(DIGEST, 0, "*"));
    }

    @Test
    void survivesTheWire() {
        var update = new HoldingsUpdate(List.of(Held.complete(DIGEST, 19)), List.of(DIGEST));
        var json = WireJson.strict();

        assertThat(json.readValue(json.writeValueAsString(update), HoldingsUpdate.class)).isEqualTo(update);
    }
}
