package io.fingerpost.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepresentationHasherTest {
    private static final int PIECE = PieceLayout.MIN_PIECE;
    private static final ReplayedHeaders HEADERS = new ReplayedHeaders(Map.of("ETag", "\"v1\""));

    @ParameterizedTest
    @ValueSource(ints = {1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 5 * PIECE + 12_345})
    void findsTheDigestsThatTheJdkFinds(int size) throws NoSuchAlgorithmException {
        byte[] content = content(size);
        var hasher = new RepresentationHasher(new PieceLayout(size));

        hasher.update(ByteBuffer.wrap(content));
        Representation found = hasher.finish(HEADERS);

        var jdk = MessageDigest.getInstance("SHA-256");
        assertThat(found.digest().bytes()).isEqualTo(jdk.digest(content));
        assertThat(found.pieces().count()).isEqualTo((size + PIECE - 1) / PIECE);
        for (int i = 0; i < found.pieces().count(); i++) {
            byte[] piece = Arrays.copyOfRange(content, i * PIECE, Math.min(size, (i + 1) * PIECE));
            assertThat(found.pieces().get(i).bytes()).isEqualTo(jdk.digest(piece));
        }
    }

    @Test
    void findsTheSameHoweverTheBytesAreChunked() {
        byte[] content = content(3 * PIECE + 777);
        var layout = new PieceLayout(content.length);
        var random = new Random(4);
        var whole = new RepresentationHasher(layout);
        whole.update(ByteBuffer.wrap(content));
        Representation expected = whole.finish(HEADERS);

        for (int round = 0; round < 20; round++) {
            var hasher = new RepresentationHasher(layout);
            for (int at = 0; at < content.length;) {
                int length = Math.min(content.length - at, random.nextInt(1 << (4 + random.nextInt(16))));
                hasher.update(chunk(content, at, length, random.nextBoolean()));
                at += length;
                assertThat(hasher.position()).isEqualTo(at);
            }

            assertThat(hasher.finish(HEADERS)).isEqualTo(expected);
        }
    }

    /** As servers hand them out: on the heap or off it, and not from position 0. */
    private static ByteBuffer chunk(byte[] content, int at, int length, boolean direct) {
        var buffer = direct ? ByteBuffer.allocateDirect(length + 3) : ByteBuffer.allocate(length + 3);
        return buffer.position(3).put(content, at, length).flip().position(3).asReadOnlyBuffer();
    }

    @Test
    void consumesWhatItIsGiven() {
        var hasher = new RepresentationHasher(new PieceLayout(2L * PIECE));
        var bytes = ByteBuffer.wrap(content(PIECE + 5));

        hasher.update(bytes);

        assertThat(bytes.hasRemaining()).isFalse();
        assertThat(hasher.isComplete()).isFalse();
    }

    @Test
    void refusesOneByteTooMany() {
        var hasher = new RepresentationHasher(new PieceLayout(10));
        hasher.update(ByteBuffer.allocate(9));

        assertThatIllegalStateException().isThrownBy(() -> hasher.update(ByteBuffer.allocate(2)))
                .withMessageContaining("more bytes than the 10");
    }

    @Test
    void refusesToFinishOneByteTooEarly() {
        var hasher = new RepresentationHasher(new PieceLayout(10));
        hasher.update(ByteBuffer.allocate(9));

        assertThatIllegalStateException().isThrownBy(() -> hasher.finish(HEADERS))
                .withMessageContaining("only 9 of 10");
    }

    private static byte[] content(int size) {
        var content = new byte[size];
        new Random(size).nextBytes(content);
        return content;
    }
}
