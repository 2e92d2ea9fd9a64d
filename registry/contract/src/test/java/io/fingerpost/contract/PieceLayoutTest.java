package io.fingerpost.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PieceLayoutTest {
    private static final long KIB = 1024;
    private static final long MIB = 1024 * KIB;
    private static final long GIB = 1024 * MIB;
    private static final long TIB = 1024 * GIB;

    @ParameterizedTest
    @CsvSource({
            "1, 65536, 1", "65535, 65536, 1", "65536, 65536, 1", "65537, 65536, 2", // smallest pieces
            "33554432, 65536, 512", "33554433, 131072, 257", // 32 MiB is where the pieces begin to grow
            "268435456, 524288, 512", "268435457, 1048576, 257",
            "8589934592, 16777216, 512", "8589934593, 16777216, 513", // 8 GiB is where they stop growing
            "4294967297, 16777216, 257", "1099511627776, 16777216, 65536"})
    void cutsByTheRule(long size, int pieceSize, int count) {
        var layout = new PieceLayout(size);

        assertThat(layout.pieceSize()).isEqualTo(pieceSize);
        assertThat(layout.count()).isEqualTo(count);
    }

    @Test
    void agreesWithThePlainFormulaForAnySize() {
        var random = new Random(512);
        for (int i = 0; i < 10_000; i++) {
            long size = 1 + (random.nextLong() & Long.MAX_VALUE) % (TIB >> random.nextInt(40));

            assertThat(new PieceLayout(size).pieceSize()).as("size %d", size).isEqualTo((int) formula(size));
        }
    }

    /** clamp(nextPow2(size/512), 64 KiB, 16 MiB), as the design says it. */
    private static long formula(long size) {
        long fair = (size + 511) / 512;
        long power = BigInteger.TWO.pow(BigInteger.valueOf(fair - 1).bitLength()).longValueExact();
        return Math.max(64 * KIB, Math.min(16 * MIB, power));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 65_536, 65_537, 33_554_433, 3_000_000_001L, 20_000_000_001L})
    void coversEveryByteOnce(long size) {
        var layout = new PieceLayout(size);
        long covered = 0;
        for (int i = 0; i < layout.count(); i++) {
            assertThat(layout.offset(i)).isEqualTo(covered);
            assertThat(layout.length(i)).isBetween(1, layout.pieceSize());
            assertThat(layout.pieceAt(covered)).isEqualTo(i);
            assertThat(layout.pieceAt(covered + layout.length(i) - 1)).isEqualTo(i);
            covered += layout.length(i);
        }

        assertThat(covered).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MIN_VALUE, TIB + 1, Long.MAX_VALUE})
    void refusesSizesThatNoRepresentationHas(long size) {
        assertThatIllegalArgumentException().isThrownBy(() -> new PieceLayout(size))
                .withMessageContaining(Long.toString(size));
    }
}
