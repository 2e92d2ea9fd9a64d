package io.fingerpost.agent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fingerpost.agent.testing.Content;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.WireJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store makes of its directory, also after a `kill -9` at any step or damage to the disk. */
class BlobStoreReopeningTest {
    private static final Content MAP = Content.of(1_000, 1);
    private static final Content SOUND = Content.of(1_000, 2);
    private static final Content FILM = Content.of(1_000, 3);

    @TempDir
    private Path directory;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource clock = () -> now = now.plusSeconds(1);

    private BlobStore open(long maxBytes) throws IOException {
        return BlobStore.open(directory, maxBytes, clock);
    }

    private static void put(BlobStore store, Content content) throws IOException {
        try (var incoming = store.begin(content.size())) {
            incoming.write(ByteBuffer.wrap(content.bytes()), 0);
            incoming.commit(content.representation());
        }
        store.find(content.digest());
    }

    private Path content(Content content) {
        String hex = content.digest().hex();
        return directory.resolve("blobs").resolve(hex.substring(0, 2)).resolve(hex);
    }

    private Path description(Content content) {
        Path file = content(content);
        return file.resolveSibling(file.getFileName() + ".json");
    }

    private List<Path> files() throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).filter(file -> !file.endsWith("layout")).toList();
        }
    }

    @Test
    void keepsContentAndOrderOfUse() throws IOException {
        var before = open(3_000);
        put(before, MAP);
        put(before, SOUND);
        put(before, FILM);
        before.find(MAP.digest());

        var after = open(3_000);

        assertThat(after.holdings()).extracting(Held::digest).containsExactly(SOUND.digest(), FILM.digest(),
                MAP.digest());
        assertThat(after.usedBytes()).isEqualTo(3_000);
        var blob = after.find(FILM.digest()).orElseThrow();
        assertThat(blob.representation()).isEqualTo(FILM.representation());
        assertThat(Files.readAllBytes(blob.file())).isEqualTo(FILM.bytes());
    }

    @Test
    void takesAStoreFromBeforeLayoutsHadNumbers() throws IOException {
        put(open(3_000), MAP);
        Files.delete(directory.resolve("layout"));

        assertThat(open(3_000).find(MAP.digest())).isPresent();
        assertThat(directory.resolve("layout")).hasContent("1");
    }

    @Test
    void leavesAStoreOfAnotherLayoutAsItIs() throws IOException {
        put(open(3_000), MAP);
        Files.writeString(directory.resolve("layout"), "2\n");

        assertThatThrownBy(() -> open(0)).isInstanceOf(IOException.class).hasMessageContaining("has layout '2'")
                .hasMessageContaining("knows 1 only");
        assertThat(content(MAP)).hasBinaryContent(MAP.bytes());
    }

    @Test
    void evictsWhatASmallerLimitLeavesNoRoomFor() throws IOException {
        var before = open(3_000);
        put(before, MAP);
        put(before, SOUND);
        put(before, FILM);

        var after = open(1_999);

        assertThat(after.holdings()).extracting(Held::digest).containsExactly(FILM.digest());
        assertThat(files()).containsExactlyInAnyOrder(content(FILM), description(FILM));
    }

    @Test
    void removesWhatWasKilledWhileItCameIn() throws IOException {
        var killed = open(3_000);
        killed.begin(SOUND.size()).write(ByteBuffer.wrap(SOUND.bytes()), 0);

        var after = open(3_000);

        assertThat(after.count()).isZero();
        assertThat(files()).isEmpty();
    }

    @Test
    void removesADescriptionWhoseContentNeverCame() throws IOException {
        open(3_000);
        Files.createDirectories(description(MAP).getParent());
        Files.write(description(MAP), WireJson.lenient().writeValueAsBytes(MAP.representation()));

        var after = open(3_000);

        assertThat(after.contains(MAP.digest())).isFalse();
        assertThat(after.find(MAP.digest())).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void removesContentThatNothingDescribes() throws IOException {
        put(open(3_000), MAP);
        Files.delete(description(MAP));

        var after = open(3_000);

        assertThat(after.holdings()).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void removesContentThatLostAllItsBytes() throws IOException {
        put(open(3_000), MAP);
        Files.write(content(MAP), new byte[0]);

        var after = open(3_000);

        assertThat(after.holdings()).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void givesNobodyContentThatLostSomeOfItsBytes() throws IOException {
        put(open(3_000), MAP);
        Files.write(content(MAP), MAP.part(0, 499));

        var after = open(3_000);

        assertThat(after.find(MAP.digest())).isEmpty();
        assertThat(after.contains(MAP.digest())).isFalse();
        assertThat(after.usedBytes()).isZero();
        assertThat(files()).isEmpty();
    }

    @Test
    void givesNobodyContentWithTheDescriptionOfAnother() throws IOException {
        var before = open(3_000);
        put(before, MAP);
        put(before, SOUND);
        Files.copy(description(SOUND), description(MAP), StandardCopyOption.REPLACE_EXISTING);

        var after = open(3_000);

        assertThat(after.find(MAP.digest())).isEmpty();
        assertThat(after.find(SOUND.digest())).isPresent();
    }

    @Test
    void takesAgainWhatItHadToThrowAway() throws IOException {
        put(open(3_000), MAP);
        Files.writeString(description(MAP), "{\"digest\": 7}");
        var after = open(3_000);
        assertThat(after.find(MAP.digest())).isEmpty();

        put(after, MAP);

        assertThat(after.find(MAP.digest())).isPresent();
    }
}
