package io.fingerpost.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PieceSetTest {
    /** The form that agents of any language have to write: bit 0 of byte 0 is piece 0. */
    @Test
    void isWrittenWithTheLowestBitFirst() {
        var bits = new BitSet();
        bits.set(0);
        bits.set(9);

        assertThat(PieceSet.of(16, bits).bytes()).containsExactly(1, 2);
        assertThat(PieceSet.of(16, new byte[] {1, 2, 0})).isEqualTo(PieceSet.of(16, bits));
    }

    @Test
    void readsWhatItWritesForAnySet() {
        var random = new Random(8);
        for (int i = 0; i < 2_000; i++) {
            int count = 1 + random.nextInt(1_000);
            var bits = new BitSet();
            random.ints(random.nextInt(count), 0, count).forEach(bits::set);
            var pieces = PieceSet.of(count, bits);

            assertThat(PieceSet.of(count, pieces.bytes())).isEqualTo(pieces);
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

    @Test
    void refusesPiecesThatDoNotExist() {
        assertThatIllegalArgumentException().isThrownBy(() -> PieceSet.of(8, new byte[] {1, 1}))
                .withMessage("piece 8 of 8 does not exist");
        assertThatIllegalArgumentException().isThrownBy(() -> PieceSet.of(1, new byte[] {2}));
    }
}
