package io.fingerpost.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.testing.Content;
import io.fingerpost.contract.Sha256;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** `kill -9` in a loop while pieces come in: nothing unverified is ever served, nothing verified is fetched twice. */
@Timeout(240)
class KilledStoreIT {
    private static final int KILLS = 25;

    @TempDir
    private Path directory;
    /** Pieces of which a process said that they are verified, as `F P`. */
    private final Set<String> verified = new HashSet<>();
    private int stored;

    @Test
    void keepsExactlyWhatWasVerified() throws Exception {
        var random = new Random(1);
        for (int i = 0; i < KILLS; i++) {
            runAndKill(random);
            check();
        }
        assertThat(stored).as("films that went through").isPositive();
    }

    private void runAndKill(Random random) throws Exception {
        var child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), PartialWriter.class.getName(), directory.toString(),
                String.valueOf(stored), String.valueOf(random.nextLong()))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        int life = random.nextInt(3 * PartialWriter.PIECES);
        long grace = random.nextLong(3_000_000);
        try (var said = new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
            String line = said.readLine();
            for (int i = 0; line != null; i++) {
                take(line);
                if (i == life) {
                    for (long start = System.nanoTime(); System.nanoTime() - start < grace;) {
                        Thread.onSpinWait();
                    }
                    child.toHandle().destroyForcibly(); // of the process itself this would close the pipe
                }
                line = said.readLine();
            }
        }
        assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).as("killed, not ended").isEqualTo(128 + 9);
    }

    /** A line without its dot is one that the process was killed in. */
    private void take(String line) {
        if (line.endsWith(".")) {
            var words = List.of(line.substring(0, line.length() - 1).split(" "));
            String what = String.join(" ", words.subList(1, words.size()));
            switch (words.getFirst()) {
                case "fetch" -> assertThat(verified).as("what is fetched twice").doesNotContain(what);
                case "verified" -> verified.add(what);
                case "stored" -> stored = Integer.parseInt(what) + 1;
                default -> throw new IllegalStateException(line);
            }
        }
    }

    /** Opens the store as the next process would. */
    private void check() throws IOException {
        try (var store = BlobStore.open(directory, 1L << 40, InstantSource.system())) {
            for (int film = 0; film <= stored; film++) {
                var content = PartialWriter.film(film);
                var said = said(film);
                Awaitility.await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5))
                        .until(() -> holdsAll(store, content, said));
                assertHoldsNothingElse(store, content);
            }
        }
    }

    private int[] said(int film) {
        return IntStream.range(0, PartialWriter.PIECES).filter(piece -> verified.contains(film + " " + piece))
                .toArray();
    }

    private static boolean holdsAll(BlobStore store, Content content, int[] pieces) {
        var held = store.held(content.digest());
        return IntStream.of(pieces).allMatch(piece -> held.isPresent() && held.get().pieces().contains(piece));
    }

    private static void assertHoldsNothingElse(BlobStore store, Content content) throws IOException {
        var layout = content.representation().layout();
        try (var portion = store.readable(content.digest()).orElse(null)) {
            for (int piece = 0; portion != null && piece < layout.count(); piece++) {
                if (portion.pieces().contains(piece)) {
                    var bytes = ByteBuffer.allocate(layout.length(piece));
                    portion.file().read(bytes, layout.offset(piece));
                    assertThat(Sha256.digestOf(bytes.array())).isEqualTo(content.representation().pieces().get(piece));
                }
            }
        }
    }
}
