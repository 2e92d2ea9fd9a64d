package io.fingerpost.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

@Timeout(30)
class MonthlyCountTest {
    private static final Duration NEVER = Duration.ofHours(1);

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-31T23:59:59Z"));
    private final Logger logger = (Logger) LoggerFactory.getLogger(MonthlyCount.class);
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    @TempDir
    private Path directory;
    private Path file;

    @BeforeEach
    void listen() {
        file = directory.resolve("uploads.json");
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.WARN);
        logger.setAdditive(false); // these warnings are wanted
    }

    @AfterEach
    void listenNoMore() {
        logger.detachAppender(log);
        logger.setLevel(null); // as configured
        logger.setAdditive(true);
    }

    private MonthlyCount open(Duration interval) {
        return MonthlyCount.open(file, now::get, interval);
    }

    private List<ILoggingEvent> warnings() {
        return log.list.stream().filter(event -> event.getLevel().equals(Level.WARN)).toList();
    }

    @Test
    void goesOnAfterARestart() throws IOException {
        try (var count = open(NEVER)) {
            assertThat(count.bytes()).isZero();
            count.add(1_000);
            count.add(234);
            assertThat(count.bytes()).isEqualTo(1_234);
            assertThat(file).doesNotExist();
        }
        assertThat(file).hasContent("{\"month\":\"2026-01\",\"bytes\":1234}");

        try (var count = open(NEVER)) {
            assertThat(count.bytes()).isEqualTo(1_234);
            count.add(1);
        }
        try (var count = open(NEVER)) {
            assertThat(count.bytes()).isEqualTo(1_235);
        }
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
        assertThat(warnings()).isEmpty();
    }

    @Test
    void isWrittenWhileItGoesOn() {
        try (var count = open(Duration.ofMillis(10))) {
            count.add(1_000);
            await().untilAsserted(() -> assertThat(file).hasContent("{\"month\":\"2026-01\",\"bytes\":1000}"));
            count.add(1);
            await().untilAsserted(() -> assertThat(file).hasContent("{\"month\":\"2026-01\",\"bytes\":1001}"));
        }
    }

    @Test
    void beginsAnewWithTheMonth() {
        try (var count = open(NEVER)) {
            count.add(1_000);
            now.set(Instant.parse("2026-02-01T00:00:00Z"));
            assertThat(count.bytes()).isZero();
            count.add(7);
            assertThat(count.bytes()).isEqualTo(7);
        }
        now.set(Instant.parse("2026-02-28T23:59:59.999Z"));
        try (var count = open(NEVER)) {
            assertThat(count.bytes()).isEqualTo(7);
        }
        now.set(Instant.parse("2027-02-01T00:00:00Z"));
        try (var count = open(NEVER)) {
            assertThat(count.bytes()).as("the same month of another year").isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "[]", "{\"month\":\"2026-01\"}", "{\"month\":\"2026-13\",\"bytes\":1}",
            "{\"month\":\"2026-01\",\"bytes\":-1}", "{\"month\":\"2026-01\",\"bytes\":1.5}",
            "{\"month\":\"2026-01\",\"bytes\":9007199254740993}", "{\"month\":\"2026-01\",\"bytes\":1,\"more\":1}",
            "\0\0\0\0"})
    void beginsAnewWhenTheFileIsDamagedAndSaysSoOnce(String content) throws IOException {
        Files.writeString(file, content);

        try (var count = open(NEVER)) {
            assertThat(count.bytes()).isZero();
            count.add(5);
            assertThat(count.bytes()).isEqualTo(5);
            assertThat(warnings()).singleElement().satisfies(event -> assertThat(event.getFormattedMessage())
                    .contains(file.toString(), "is damaged").doesNotContain("\n"));
        }
        try (var count = open(NEVER)) {
            assertThat(count.bytes()).isEqualTo(5);
        }
        assertThat(warnings()).hasSize(1);
    }

    @Test
    void readsNoFileOfAnySize() throws IOException {
        Files.writeString(file, "{\"month\":\"2026-01\",\"bytes\":1" + " ".repeat(1_000) + "}");

        try (var count = open(NEVER)) {
            assertThat(count.bytes()).isZero();
        }
    }

    @Test
    void goesOnCountingWhereItCannotWriteAndSaysSoOnce() throws IOException {
        Files.createDirectories(file.resolve("in the way"));

        try (var count = open(Duration.ofMillis(1))) {
            assertThat(warnings()).hasSize(1); // it cannot be read either
            count.add(5);
            await().until(() -> warnings().size() == 2);
            assertThat(count.bytes()).isEqualTo(5);
        }
        assertThat(warnings()).as("also the attempt at the end").hasSize(2);
    }

    @Test
    void countsNoFurtherThanAReportCanTell() {
        try (var count = open(NEVER)) {
            count.add(1L << 53);
            count.add(1L << 53);
            assertThat(count.bytes()).isEqualTo(1L << 53);
        }
    }

    /** A machine without a clock of its own starts in 1970, until NTP tells it better. */
    @Test
    void aClockThatGoesBackForgetsNothing() {
        try (var count = open(NEVER)) {
            count.add(1_000);
        }
        var right = now.get();
        now.set(Instant.parse("1970-01-01T00:00:10Z"));
        try (var count = open(NEVER)) {
            count.bytes();
            now.set(right);
            assertThat(count.bytes()).isEqualTo(1_000);
        }
    }
}
