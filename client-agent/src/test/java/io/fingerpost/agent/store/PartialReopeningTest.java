package io.fingerpost.agent.store;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.testing.Content;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.WireJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a store makes of incomplete blobs that it finds: the truth is in their bytes. */
@Timeout(30)
class PartialReopeningTest {
    /** Four pieces, the last of seven bytes. */
    private static final Content FILM = Content.of(3 * PIECE + 7, 1);
    private static final Content MAP = Content.of(3 * PIECE, 2);

    @TempDir
    private Path directory;

    private BlobStore open(long maxBytes) throws IOException {
        return BlobStore.open(directory, maxBytes, InstantSource.system());
    }

    /** As a process leaves it that is killed. */
    private void left(Content content, int... pieces) throws IOException {
        var partial = open(20L * PIECE).partial(content.representation());
        for (int piece : pieces) {
            int length = content.representation().layout().length(piece);
            partial.write(ByteBuffer.wrap(content.bytes(), piece * PIECE, length), (long) piece * PIECE);
            assertThat(partial.verify(piece)).isTrue();
        }
    }

    private Path file(Content content) {
        return directory.resolve("partial").resolve(content.digest().hex());
    }

    private Path description(Content content) {
        return directory.resolve("partial").resolve(content.digest().hex() + ".json");
    }

    private void overwrite(Content content, int position, byte... bytes) throws IOException {
        try (var channel = FileChannel.open(file(content), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), position);
        }
    }

    private long files() throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).filter(file -> !file.endsWith("layout")).count();
        }
    }

    private static PieceSet pieces(int count, int bits) {
        return PieceSet.of(count, new byte[] {(byte) bits});
    }

    private static void awaitHeld(BlobStore store, Content content, PieceSet pieces) {
        Awaitility.await().until(() -> store.held(content.digest()).filter(new Held(content.digest(), pieces)::equals)
                .isPresent());
    }

    @Test
    void findsTheVerifiedPiecesInTheBackgroundAndTellsOfThem() throws IOException {
        left(FILM, 0, 2);
        left(MAP, 1);
        Set<Sha256> told = ConcurrentHashMap.newKeySet();

        try (var store = open(20L * PIECE)) {
            store.listen(told::add);

            awaitHeld(store, FILM, pieces(4, 0b101));
            awaitHeld(store, MAP, pieces(3, 0b10));
            assertThat(store.usedBytes()).isEqualTo(3 * PIECE);
            store.readable(MAP.digest()).orElseThrow().close();
        }
    }

    @Test
    void goesOnWithThemAtOnce() throws IOException {
        left(FILM, 0, 2);

        try (var store = open(20L * PIECE); var partial = store.partial(FILM.representation())) {
            assertThat(partial.verified()).isEqualTo(pieces(4, 0b101));
            partial.write(ByteBuffer.wrap(FILM.bytes()), 0);
            assertThat(partial.verify(1)).isTrue();
            assertThat(partial.verify(3)).isTrue();
            partial.commit();
            assertThat(store.find(FILM.digest())).isPresent();
        }
        assertThat(files()).isEqualTo(2);
    }

    @Test
    void noticesEveryDamagedPiece() throws IOException {
        left(FILM, 0, 1, 2);
        overwrite(FILM, 2 * PIECE - 1, (byte) ~FILM.bytes()[2 * PIECE - 1]);

        try (var store = open(20L * PIECE)) {
            awaitHeld(store, FILM, pieces(4, 0b101));
            assertThat(store.usedBytes()).as("the damaged piece takes its place").isEqualTo(3 * PIECE);
            try (var partial = store.partial(FILM.representation())) {
                assertThat(partial.verified()).isEqualTo(pieces(4, 0b101));
            }
        }
    }

    @Test
    void countsNoHolesBetweenThePieces() throws IOException {
        left(FILM, 3);

        try (var store = open(20L * PIECE)) {
            awaitHeld(store, FILM, pieces(4, 0b1000));
            assertThat(store.usedBytes()).isEqualTo(7);
        }
    }

    @Test
    void commitsWhatWasKilledBeforeItsCommit() throws IOException {
        left(FILM, 0, 1, 2, 3);

        try (var store = open(FILM.size())) {
            Awaitility.await().until(() -> store.contains(FILM.digest()));
            assertThat(Files.readAllBytes(store.find(FILM.digest()).orElseThrow().file())).isEqualTo(FILM.bytes());
        }
        assertThat(files()).isEqualTo(2);
    }

    /** Killed between the two renames of a commit, and after them. */
    @Test
    void takesUpACommitThatWasKilledInTheMiddle() throws IOException {
        left(FILM, 0, 1, 2, 3);
        Path blob = directory.resolve("blobs").resolve(FILM.digest().hex().substring(0, 2))
                .resolve(FILM.digest().hex());
        Files.createDirectories(blob.getParent());
        Files.copy(description(FILM), blob.resolveSibling(blob.getFileName() + ".json"));
        try (var store = open(FILM.size())) {
            Awaitility.await().until(() -> store.contains(FILM.digest()));
        }
        Files.copy(blob.resolveSibling(blob.getFileName() + ".json"), description(FILM));

        try (var store = open(FILM.size())) {
            assertThat(store.find(FILM.digest())).isPresent();
        }
        assertThat(files()).isEqualTo(2);
    }

    @Test
    void removesWhatNoPieceIsLeftOf() throws IOException {
        left(FILM, 0);
        overwrite(FILM, 5, (byte) ~FILM.bytes()[5]);

        try (var store = open(20L * PIECE)) {
            Awaitility.await().until(() -> files() == 0);
            assertThat(store.usedBytes()).isZero();
        }
    }

    @Test
    void removesWhatNothingDescribes() throws IOException {
        left(FILM, 0);
        left(MAP, 0);
        Files.writeString(description(MAP), "{\"digest\": 7}");
        Files.delete(description(FILM));

        try (var store = open(20L * PIECE)) {
            Awaitility.await().until(() -> files() == 0);
            assertThat(store.holdings()).isEmpty();
        }
    }

    @Test
    void removesADescriptionOfSomethingElse() throws IOException {
        left(FILM, 0);
        Files.write(description(FILM), WireJson.lenient().writeValueAsBytes(MAP.representation()));

        try (var store = open(20L * PIECE)) {
            Awaitility.await().until(() -> files() == 0);
            assertThat(store.holdings()).isEmpty();
        }
    }

    @Test
    void evictsTheOneUsedLeastLatelyWhenTheLimitIsSmallerNow() throws IOException {
        left(FILM, 0, 1);
        left(MAP, 0, 1);
        Files.setLastModifiedTime(file(MAP), FileTime.from(Instant.EPOCH));

        try (var store = open(3L * PIECE)) {
            awaitHeld(store, FILM, pieces(4, 0b11));
            Awaitility.await().until(() -> files() == 2);
            assertThat(store.held(MAP.digest())).isEmpty();
            assertThat(store.usedBytes()).isEqualTo(2 * PIECE);
        }
    }
}
