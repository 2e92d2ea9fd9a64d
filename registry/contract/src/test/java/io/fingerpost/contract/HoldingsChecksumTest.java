package io.fingerpost.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HoldingsChecksumTest {
    private static final Sha256 DIGEST = Sha256.digestOf(new byte[] {1});

    /** Fixed for ever: agent and registry may be of different versions. */
    @Test
    void isTheSameEverywhere() {
        assertThat(HoldingsChecksum.of(DIGEST, PieceSet.all(3))).isEqualTo(3_023_569_877_489_268L);
        assertThat(HoldingsChecksum.of(DIGEST, PieceSet.of(3, new byte[] {5}))).isEqualTo(1_449_951_521_879_977L);
    }

    @Test
    void differsForEachDigestAndEachSetOfPieces() {
        var random = new Random(3);
        var seen = new HashSet<Long>();
        for (int i = 0; i < 1_000; i++) {
            var digest = new Sha256(random.nextLong(), random.nextLong(), 0, 0);
            seen.add(HoldingsChecksum.ofComplete(digest));
            for (byte bits = 1; bits < 15; bits++) {
                seen.add(HoldingsChecksum.of(digest, PieceSet.of(4, new byte[] {bits})));
            }
        }

        assertThat(seen).hasSize(15_000).allMatch(value -> value >= 0 && value < 1L << 53);
    }
}
