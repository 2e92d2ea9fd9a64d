package io.fingerpost.agent.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fingerpost.agent.testing.Content;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobStoreTest {
    private static final Content MAP = Content.of(1_000, 1);
    private static final Content SOUND = Content.of(1_000, 2);
    private static final Content FILM = Content.of(1_000, 3);

    @TempDir
    private Path directory;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource clock = () -> now = now.plusSeconds(1);
    private BlobStore store;

    @BeforeEach
    void openAStoreForTwo() throws IOException {
        store = BlobStore.open(directory, 2_500, clock);
    }

    private Blob put(Content content) throws IOException {
        try (var incoming = store.begin(content.size())) {
            incoming.write(ByteBuffer.wrap(content.bytes()), 0);
            return incoming.commit(content.representation());
        }
    }

    private static byte[] read(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate((int) channel.size());
        channel.read(bytes, 0);
        return bytes.array();
    }

    private List<Path> filesIn(String folder) throws IOException {
        try (var files = Files.walk(directory.resolve(folder))) {
            return files.filter(file -> Files.isRegularFile(file) && !file.endsWith("layout")).toList();
        }
    }

    @Test
    void givesBackWhatWasCommitted() throws IOException {
        put(MAP);

        var blob = store.find(MAP.digest()).orElseThrow();
        assertThat(blob.representation()).isEqualTo(MAP.representation());
        assertThat(Files.readAllBytes(blob.file())).isEqualTo(MAP.bytes());
        assertThat(store.held(MAP.digest())).contains(Held.complete(MAP.digest(), 1_000));
        assertThat(store.holdings()).containsExactly(Held.complete(MAP.digest(), 1_000));
        assertThat(store.usedBytes()).isEqualTo(1_000);
    }

    @Test
    void showsNothingBeforeTheCommit() throws IOException {
        try (var incoming = store.begin(MAP.size())) {
            incoming.write(ByteBuffer.wrap(MAP.bytes()), 0);

            assertThat(store.contains(MAP.digest())).isFalse();
            assertThat(store.find(MAP.digest())).isEmpty();
            assertThat(store.holdings()).isEmpty();
        }
    }

    @Test
    void leavesNothingOfWhatWasClosedUncommitted() throws IOException {
        try (var incoming = store.begin(MAP.size())) {
            incoming.write(ByteBuffer.wrap(MAP.bytes()), 0);
        }

        assertThat(filesIn(".")).isEmpty();
        put(SOUND);
        put(FILM); // the space that was reserved is free again
        assertThat(store.count()).isEqualTo(2);
    }

    @Test
    void refusesToCommitAFileThatIsTooShort() throws IOException {
        try (var incoming = store.begin(MAP.size())) {
            incoming.write(ByteBuffer.wrap(MAP.bytes(), 0, 999), 0);

            assertThatThrownBy(() -> incoming.commit(MAP.representation())).isInstanceOf(IOException.class)
                    .hasMessageContaining("999").hasMessageContaining("1000");
        }
        assertThat(store.contains(MAP.digest())).isFalse();
        assertThat(filesIn(".")).isEmpty();
    }

    @Test
    void leavesNothingOfACommitThatTheDiskRefused() throws IOException {
        Files.writeString(directory.resolve("blobs").resolve(MAP.digest().hex().substring(0, 2)), "in the way");

        assertThatThrownBy(() -> put(MAP)).isInstanceOf(IOException.class);

        assertThat(filesIn("incoming")).isEmpty();
        put(SOUND);
        put(FILM);
        assertThat(store.count()).as("the space that was reserved is free again").isEqualTo(2);
    }

    @Test
    void acceptsPartsInAnyOrderAndReadsThemBack() throws IOException {
        try (var incoming = store.begin(MAP.size())) {
            incoming.write(ByteBuffer.wrap(MAP.bytes(), 600, 400), 600);
            incoming.write(ByteBuffer.wrap(MAP.bytes(), 0, 600), 0);

            var part = ByteBuffer.allocate(100);
            assertThat(incoming.read(part, 550)).isEqualTo(100);
            assertThat(part.array()).isEqualTo(MAP.part(550, 649));
            incoming.commit(MAP.representation());
        }
        assertThat(Files.readAllBytes(store.find(MAP.digest()).orElseThrow().file())).isEqualTo(MAP.bytes());
    }

    @Test
    void evictsWhatWasUsedLeastLately() throws IOException {
        put(MAP);
        put(SOUND);
        store.find(MAP.digest());

        put(FILM);

        assertThat(store.contains(SOUND.digest())).isFalse();
        assertThat(store.contains(MAP.digest())).isTrue();
        assertThat(store.contains(FILM.digest())).isTrue();
        assertThat(store.usedBytes()).isEqualTo(2_000);
        assertThat(filesIn("blobs")).hasSize(4);
    }

    @Test
    void doesNotCountALookAsUse() throws IOException {
        put(MAP);
        put(SOUND);
        store.contains(MAP.digest());
        store.held(MAP.digest());
        store.holdings();

        put(FILM);

        assertThat(store.contains(MAP.digest())).isFalse();
    }

    @Test
    void tellsListenersOfEveryComingAndGoing() throws IOException {
        var told = new ArrayList<String>();
        store.listen(digest -> told.add(digest + (store.contains(digest) ? " came" : " went")));

        put(MAP);
        put(SOUND);
        put(FILM);

        assertThat(told).containsExactly(MAP.digest() + " came", SOUND.digest() + " came", MAP.digest() + " went",
                FILM.digest() + " came");
    }

    @Test
    void keepsAnEvictedBlobReadableForWhoHasItOpen() throws IOException {
        try (var open = put(MAP).open()) {
            put(SOUND);
            put(FILM);

            assertThat(store.contains(MAP.digest())).isFalse();
            assertThat(read(open.file())).isEqualTo(MAP.bytes());
        }
    }

    @Test
    void refusesAFileThatIsLargerThanTheStoreAndEvictsNothingForIt() throws IOException {
        put(MAP);

        assertThatThrownBy(() -> store.begin(2_501)).isInstanceOf(StoreFullException.class)
                .hasMessageContaining("2501").hasMessageContaining("2500");
        assertThat(store.contains(MAP.digest())).isTrue();
    }

    @Test
    void takesAFileThatFillsTheWholeStore() throws IOException {
        put(MAP);
        var whole = Content.of(2_500, 4);

        put(whole);

        assertThat(store.holdings()).containsExactly(Held.complete(whole.digest(), 2_500));
    }

    @Test
    void reservesSpaceForEveryFileThatIsOnItsWay() throws IOException {
        try (var first = store.begin(1_500)) {
            assertThatThrownBy(() -> store.begin(1_001)).isInstanceOf(StoreFullException.class);
            try (var second = store.begin(1_000)) {
                assertThat(second.size() + first.size()).isEqualTo(2_500);
            }
        }
    }

    @Test
    void makesRoomWhenAFileBeginsNotWhenItEnds() throws IOException {
        put(MAP);
        put(SOUND);

        try (var incoming = store.begin(FILM.size())) {
            assertThat(store.contains(MAP.digest())).isFalse();
            assertThat(store.contains(SOUND.digest())).isTrue();
            assertThat(incoming.size()).isEqualTo(FILM.size());
        }
    }

    @Test
    void countsADigestOnceThatWasCommittedTwice() throws IOException {
        try (var first = store.begin(MAP.size()); var second = store.begin(MAP.size())) {
            first.write(ByteBuffer.wrap(MAP.bytes()), 0);
            second.write(ByteBuffer.wrap(MAP.bytes()), 0);
            first.commit(MAP.representation());
            second.commit(MAP.representation());
        }

        assertThat(store.count()).isEqualTo(1);
        assertThat(store.usedBytes()).isEqualTo(1_000);
        assertThat(Files.readAllBytes(store.find(MAP.digest()).orElseThrow().file())).isEqualTo(MAP.bytes());
        assertThat(filesIn("incoming")).isEmpty();
    }

    @Test
    void makesRoomOnAFullDiskByEvictingAsMuchAsIsWanted() throws IOException {
        put(MAP);
        put(SOUND);

        assertThat(store.makeRoom(500)).isTrue();

        assertThat(store.holdings()).containsExactly(Held.complete(SOUND.digest(), 1_000));
        assertThat(store.makeRoom(10_000)).isTrue();
        assertThat(store.makeRoom(1)).as("nothing is left to evict").isFalse();
    }

    /** A fetch that is stopped, as at the end of the agent, breaks its write off: no reason to throw anything away. */
    @Test
    void evictsNothingWhenAWriteIsInterrupted() throws IOException {
        put(MAP);
        try (var incoming = store.begin(SOUND.size())) {
            Thread.currentThread().interrupt();

            assertThatThrownBy(() -> incoming.write(ByteBuffer.wrap(SOUND.bytes()), 0))
                    .isInstanceOf(ClosedByInterruptException.class);
        } finally {
            Thread.interrupted();
        }
        assertThat(store.contains(MAP.digest())).isTrue();
    }

    @Test
    void forgetsABlobWhoseFilesWereRemovedBehindItsBack() throws IOException {
        var told = new ArrayList<Sha256>();
        var blob = put(MAP);
        store.listen(told::add);
        Files.delete(blob.file());

        assertThat(store.find(MAP.digest())).isEmpty();

        assertThat(store.contains(MAP.digest())).isFalse();
        assertThat(store.usedBytes()).isZero();
        assertThat(told).containsExactly(MAP.digest());
    }

    @Test
    void tellsWhoWaitsThatAFetchHasBegun() throws Exception {
        assertThat(store.awaitFetched(FILM.digest(), Duration.ofMillis(1))).isEmpty();
        var awaited = CompletableFuture.supplyAsync(() -> {
            try {
                return store.awaitFetched(FILM.digest(), Duration.ofSeconds(20));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });

        try (var partial = store.partial(FILM.representation())) {
            assertThat(awaited.get(10, TimeUnit.SECONDS)).contains(partial);
        }
    }
}
