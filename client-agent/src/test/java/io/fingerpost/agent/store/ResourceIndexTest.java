package io.fingerpost.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.config.DataDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceIndexTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Sha256 ONE = Sha256.digestOf(new byte[] {1});
    private static final Sha256 TWO = Sha256.digestOf(new byte[] {2});
    private static final ReplayedHeaders HEADERS = new ReplayedHeaders(
            Map.of("ETag", "\"v1\"", "Cache-Control", "public, max-age=60"));

    private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
    @TempDir
    private Path directory;
    private DataDirectory data;
    private Path file;
    private ResourceIndex index;

    @BeforeEach
    void open() throws IOException {
        data = DataDirectory.open(directory.resolve("data"));
        file = data.resolve("resources.jsonl");
        index = ResourceIndex.open(data, now::get);
    }

    @AfterEach
    void close() throws IOException {
        index.close();
        data.close();
    }

    private void reopen() {
        index.close();
        index = ResourceIndex.open(data, now::get);
    }

    @Test
    void knowsAfterARestartWhatEachResourceWasLast() {
        index.remember("/a", ONE, HEADERS, NOW);
        index.remember("/b?c=%22", ONE, HEADERS, NOW);
        index.remember("/a", TWO, HEADERS, NOW.minusSeconds(5));
        index.remember("/gone", ONE, HEADERS, NOW);
        index.forget("/gone");

        reopen();

        assertThat(index.lookup("/a")).contains(new ResourceIndex.Known(TWO, HEADERS, NOW.minusSeconds(5)));
        assertThat(index.lookup("/b?c=%22")).contains(new ResourceIndex.Known(ONE, HEADERS, NOW));
        assertThat(index.lookup("/gone")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "{\"resource\":\"/b\",\"known\":{\"digest\":\"", "nonsense", "{}", "null", "\u0000\u0000\u0000", "[1]",
            "\u00ff\u00fe\n"})
    void aLineThatMakesNoSenseCostsNoOther(String damage) throws IOException {
        index.remember("/a", ONE, HEADERS, NOW);
        index.close();
        // As a power cut leaves it, without an end; or no text at all.
        Files.writeString(file, damage, StandardCharsets.ISO_8859_1, StandardOpenOption.APPEND);
        reopen();

        index.remember("/c", TWO, HEADERS, NOW);
        reopen();

        assertThat(index.lookup("/a")).isPresent();
        assertThat(index.lookup("/c")).isPresent();
    }

    @Test
    void aFileOfManyChangesIsWrittenAnew() throws IOException {
        index.remember("/first", TWO, HEADERS, NOW);
        for (int i = 0; i < 5_000; i++) {
            index.remember("/a", ONE, HEADERS, NOW.plusSeconds(i));
        }

        assertThat(Files.readAllLines(file)).hasSizeBetween(2, 1_100);
        reopen();
        assertThat(index.lookup("/first")).isPresent();
        assertThat(index.lookup("/a")).get().extracting(ResourceIndex.Known::confirmed)
                .isEqualTo(NOW.plusSeconds(4_999));
    }

    @Test
    void goesOnInMemoryWhenItCannotBeWritten() throws IOException {
        Files.createDirectory(file);
        index.remember("/a", ONE, HEADERS, NOW);

        assertThat(index.lookup("/a")).isPresent();
        Files.delete(file);
        index.remember("/b", ONE, HEADERS, NOW);
        assertThat(Files.readString(file, StandardCharsets.UTF_8)).contains("\"/b\"");
    }

    @Test
    void ofWhatIsConfirmedInTheFutureNothingIsKnown() {
        index.remember("/a", ONE, HEADERS, NOW.plusSeconds(1));

        assertThat(index.age(index.lookup("/a").orElseThrow())).isGreaterThan(Duration.ofDays(1000));
        now.set(NOW.plusSeconds(11));
        assertThat(index.age(index.lookup("/a").orElseThrow())).isEqualTo(Duration.ofSeconds(10));
    }
}
