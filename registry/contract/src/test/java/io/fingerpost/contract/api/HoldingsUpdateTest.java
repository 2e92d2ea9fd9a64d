package io.fingerpost.contract.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    void refusesToHoldNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Held(DIGEST, PieceSet.of(4, new BitSet())));
        assertThatIllegalArgumentException().isThrownBy(() -> Held.complete(DIGEST, 0));
    }

    /** The form that agents of any language have to write. */
    @Test
    void isWrittenAsThePageSays() {
        var update = new HoldingsUpdate(true,
                List.of(Held.complete(DIGEST, 10), new Held(DIGEST, PieceSet.of(10, new byte[] {1, 2}))),
                List.of(DIGEST));

        assertThat(update.bytes()).isEqualTo(ByteBuffer.allocate(1 + 36 + 38 + 40)
                .put((byte) 1)
                .put(DIGEST.bytes()).putInt(0)
                .put(DIGEST.bytes()).putInt(1).putShort((short) 0)
                .put(DIGEST.bytes()).putInt(10).putShort((short) 2).put((byte) 1).put((byte) 2)
                .array());
    }

    @Test
    void readsWhatItWrites() {
        var random = new Random(5);
        for (int i = 0; i < 500; i++) {
            var hold = new ArrayList<Held>();
            var drop = new ArrayList<Sha256>();
            for (int j = random.nextInt(20); j > 0; j--) {
                int count = 1 + random.nextInt(j == 1 ? PieceLayout.MAX_PIECES : 40);
                var bits = new BitSet();
                bits.set(random.nextInt(count));
                random.ints(random.nextInt(count), 0, count).forEach(bits::set);
                hold.add(new Held(digest(random),
                        random.nextBoolean() ? PieceSet.all(count) : PieceSet.of(count, bits)));
            }
            for (int j = random.nextInt(20); j > 0; j--) {
                drop.add(digest(random));
            }
            var update = new HoldingsUpdate(random.nextBoolean(), hold, drop);

            assertThat(HoldingsUpdate.parse(update.bytes())).isEqualTo(update);
        }
    }

    private static Sha256 digest(Random random) {
        return new Sha256(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "'' | ends in the middle",
            "2 | begins with 0 or 1, not 2",
            "-1 | begins with 0 or 1, not -1",
            "0 D | ends in the middle",
            "0 D 0 0 0 | ends in the middle",
            "0 D 0 0 0 1 | ends in the middle",
            "0 D 0 0 0 1 0 | ends in the middle",
            "0 D 0 0 0 9 0 2 1 | ends in the middle",
            "0 D 0 0 0 8 0 2 1 0 | more bits than 8",
            "0 D 0 0 0 8 -1 -1 | more bits than 8",
            "0 D 0 0 0 7 0 1 -128 | piece 7 of 7",
            "0 D 0 0 0 8 0 1 0 | holds no piece",
            "0 D 0 1 0 1 0 0 | 1 to 65536 pieces, not 65537",
            "0 D -1 -1 -1 -1 0 0 | 1 to 65536 pieces, not -1",
            "0 D 0 0 0 1 0 0 5 | ends in the middle"})
    void refusesHostileBytes(String bytes, String why) {
        var wire = ByteBuffer.allocate(100);
        for (String part : bytes.isEmpty() ? new String[0] : bytes.split(" ")) {
            wire.put(part.equals("D") ? DIGEST.bytes() : new byte[] {Byte.parseByte(part)});
        }
        var sent = new byte[wire.position()];
        wire.flip().get(sent);

        assertThatIllegalArgumentException().isThrownBy(() -> HoldingsUpdate.parse(sent)).withMessageContaining(why);
    }

    @Test
    void stopsReadingAfterAThousandEntries() {
        var wire = ByteBuffer.allocate(1 + 1_001 * 36).put((byte) 0);
        for (int i = 0; i < 1_001; i++) {
            wire.put(DIGEST.bytes()).putInt(0);
        }

        assertThatIllegalArgumentException().isThrownBy(() -> HoldingsUpdate.parse(wire.array()))
                .withMessageContaining("at most 1000 entries");
    }
}
