package io.fingerpost.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PieceSetTest {
    @Test
    void isWrittenAsAStarWhenComplete() {
        assertThat(PieceSet.all(700).text()).isEqualTo("*");
        assertThat(PieceSet.parse(700, "*")).isEqualTo(PieceSet.all(700));
    }

    /** The form that agents of any language have to write: base64url, bit 0 of byte 0 is piece 0. */
    @Test
    void isWrittenWithTheLowestBitFirst() {
        var bits = new BitSet();
        bits.set(0);
        bits.set(9);

        assertThat(PieceSet.of(16, bits).text()).isEqualTo("AQI");
    }

    @Test
    void readsWhatItWritesForAnySet() {
        var random = new Random(8);
        for (int i = 0; i < 2_000; i++) {
            int count = 1 + random.nextInt(1_000);
            var bits = new BitSet();
            random.ints(random.nextInt(count), 0, count).forEach(bits::set);
            var pieces = PieceSet.of(count, bits);

            assertThat(PieceSet.parse(count, pieces.text())).isEqualTo(pieces);
        }
    }

    @Test
    void saysWhichPiecesItHas() {
        var bits = new BitSet();
        bits.set(2, 5);
        var pieces = PieceSet.of(10, bits);

        assertThat(pieces.contains(1)).isFalse();
        assertThat(pieces.contains(4)).isTrue();
        assertThat(pieces.containsAll(2, 4)).isTrue();
        assertThat(pieces.containsAll(1, 4)).isFalse();
        assertThat(pieces.containsAll(2, 5)).isFalse();
        assertThat(pieces.isComplete()).isFalse();
        assertThat(pieces.isEmpty()).isFalse();
    }

    @Test
    void isNotChangedThroughTheBitsItWasMadeFrom() {
        var bits = new BitSet();
        var pieces = PieceSet.of(8, bits);

        bits.set(3);

        assertThat(pieces.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
            "8, AQE", // piece 8 of 8
            "1, Ag", // piece 1 of 1
            "8, AAAAAAAAAAAA", // zeros, but more than 8 pieces can need
            "8, A", "8, ?", "8, '* '", "8, **", "8, 'A Q'", "8, AQ=A", "8, \u0141Q"})
    void refusesHostileText(int count, String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PieceSet.parse(count, text));
    }

    @Test
    void refusesEndlessTextWithoutDecodingIt() {
        String endless = "A".repeat(1 << 20);

        assertThatIllegalArgumentException().isThrownBy(() -> PieceSet.parse(65_536, endless))
                .withMessageContaining("more bits than 65536");
    }
}
