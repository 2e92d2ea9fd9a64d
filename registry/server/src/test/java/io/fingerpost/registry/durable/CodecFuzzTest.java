package io.fingerpost.registry.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.registry.change.Codec;
import io.fingerpost.testing.FuzzTarget;
import io.fingerpost.testing.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What stands in the registry's files may be anything, once a disk has failed. */
class CodecFuzzTest {
    private static final int FRAMES = 7;

    @FuzzTarget
    void change(byte[] input) {
        Refusal.orElse(() -> Codec.decode(ByteBuffer.wrap(input)), change -> {
            byte[] written = Codec.encode(change);
            assertThat(Codec.encode(Codec.decode(ByteBuffer.wrap(written)))).isEqualTo(written);
        });
    }

    /** Seven frames of a file, some of whose bytes the input changes: what is shown is right, and in order; the rest is lost. */
    @FuzzTarget
    void damage(byte[] input) throws IOException {
        byte[] content = frames();
        for (int i = 0; i + 2 < input.length; i += 3) {
            int at = (Byte.toUnsignedInt(input[i]) << Byte.SIZE | Byte.toUnsignedInt(input[i + 1])) % content.length;
            content[Math.max(LogHeader.LENGTH, at)] ^= input[i + 2]; // a head that is damaged is another matter
        }
        Path file = Files.createTempFile("fuzz", ".journal");
        try {
            Files.write(file, content);
            assertFrames(file);
        } finally {
            Files.delete(file);
        }
    }

    private static byte[] frames() {
        var head = new LogHeader(42);
        var content = ByteBuffer.allocate(1 << 12).put(head.bytes());
        for (int number = 0; number < FRAMES; number++) {
            int at = content.position();
            byte[] body = body(number);
            content.putInt(body.length).putInt(number);
            content.putInt(head.check(content.slice(at, 2 * Integer.BYTES)));
            content.putInt(head.check(ByteBuffer.wrap(body))).put(body);
        }
        return Arrays.copyOf(content.array(), content.position());
    }

    private static byte[] body(int number) {
        var body = new byte[10 * number];
        Arrays.fill(body, (byte) number);
        return body;
    }

    private static void assertFrames(Path file) throws IOException {
        int[] next = {0};
        try (var reader = new LogReader(file)) {
            reader.read(new LogReader.Visitor() {
                @Override
                public void frame(int number, ByteBuffer frame) {
                    assertThat(number).isBetween(next[0], FRAMES - 1);
                    assertThat(frame).isEqualTo(ByteBuffer.wrap(body(number)));
                    next[0] = number + 1;
                }

                @Override
                public void lost(int from, int to) {
                    assertThat(from).isEqualTo(next[0]).isLessThan(to);
                    next[0] = to;
                }
            });
        }
    }
}
