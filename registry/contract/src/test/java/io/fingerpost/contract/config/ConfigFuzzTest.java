package io.fingerpost.contract.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.UploadBudget;
import io.fingerpost.testing.FuzzTarget;
import io.fingerpost.testing.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.UnaryOperator;

/** What an operator may write: refused in one line, and never by a stack trace. */
class ConfigFuzzTest {
    @FuzzTarget
    void values(byte[] input) {
        String text = new String(input, UTF_8);
        Refusal.orElse(() -> ByteSize.parse(text), size -> {
            assertThat(size.bytes()).isNotNegative();
            assertThat(ByteSize.parse(size.bytes() <= 999_999_999_999_999L ? size.bytes() + "B" : text))
                    .isEqualTo(size);
        });
        Refusal.orElse(() -> DurationText.parse(text),
                duration -> assertThat(DurationText.parse(duration.toString())).isEqualTo(duration));
        Refusal.orElse(() -> BitRate.parse(text), rate -> {
            assertThat(rate.bitsPerSecond()).isBetween(1L, UploadBudget.MAX_RATE);
            assertThat(BitRate.parse(rate.bitsPerSecond() + "bit/s")).isEqualTo(rate);
        });
        Refusal.orElse(() -> HostPort.parse(text), place -> {
            assertThat(place.port()).isBetween(0, 65_535);
            assertThat(HostPort.parse(place.toString())).isEqualTo(place);
        });
    }

    @FuzzTarget
    void file(byte[] input) throws IOException {
        Path file = Files.createTempFile("fuzz", ".yaml");
        try {
            Files.write(file, input);
            refusedInOneLine(loader -> loader.file(file));
        } finally {
            Files.delete(file);
        }
    }

    /** The first line is a key, the rest what it is set to. */
    @FuzzTarget
    void key(byte[] input) {
        String[] lines = new String(input, UTF_8).split("\n", 2);
        refusedInOneLine(loader -> loader.set(lines[0], lines.length == 1 ? "" : lines[1], "--set"));
    }

    private static void refusedInOneLine(UnaryOperator<ConfigLoader> settings) {
        try {
            settings.apply(new ConfigLoader(ConfigLoaderTest.class, "sample.yaml", Map.of("EDGE_NAME", "north")))
                    .bind(ConfigLoaderTest.Sample.class);
        } catch (ConfigException e) {
            assertThat(e.getMessage()).isNotBlank();
        }
    }
}
