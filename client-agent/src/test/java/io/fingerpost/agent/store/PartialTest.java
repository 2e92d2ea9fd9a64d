package io.fingerpost.agent.store;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fingerpost.agent.testing.Content;
import io.fingerpost.contract.PieceHashes;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PartialTest {
    /** Four pieces, the last of seven bytes. */
    private static final Content FILM = Content.of(3 * PIECE + 7, 1);
    private static final Content MAP = Content.of(PIECE, 2);
    private static final Content SOUND = Content.of(PIECE, 3);
    private static final long LIMIT = 5L * PIECE;

    @TempDir
    private Path directory;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final InstantSource clock = () -> now = now.plusSeconds(1);
    private BlobStore store;

    @BeforeEach
    void open() throws IOException {
        store = BlobStore.open(directory, LIMIT, clock);
    }

    private void put(Content content) throws IOException {
        try (var incoming = store.begin(content.size())) {
            incoming.write(ByteBuffer.wrap(content.bytes()), 0);
            incoming.commit(content.representation());
        }
    }

    private static ByteBuffer piece(int piece) {
        var layout = FILM.representation().layout();
        return ByteBuffer.wrap(FILM.bytes(), (int) layout.offset(piece), layout.length(piece));
    }

    private static void fetch(Partial partial, int... pieces) throws IOException {
        for (int piece : pieces) {
            partial.write(piece(piece), (long) piece * PIECE);
            assertThat(partial.verify(piece)).isTrue();
        }
    }

    private static PieceSet pieces(int... numbers) {
        var bits = new byte[1];
        for (int number : numbers) {
            bits[0] |= (byte) (1 << number);
        }
        return PieceSet.of(4, bits);
    }

    private static byte[] read(Portion portion) throws IOException {
        var bytes = ByteBuffer.allocate((int) portion.file().size());
        portion.file().read(bytes, 0);
        return bytes.array();
    }

    private List<Path> files() throws IOException {
        try (var files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).filter(file -> !file.endsWith("layout")).toList();
        }
    }

    @Test
    void showsAPieceFromTheMomentItIsVerified() throws IOException {
        try (var partial = store.partial(FILM.representation())) {
            partial.write(piece(1), PIECE);
            assertThat(store.held(FILM.digest())).isEmpty();
            assertThat(store.holdings()).isEmpty();
            assertThat(store.readable(FILM.digest())).isEmpty();

            assertThat(partial.verify(1)).isTrue();

            assertThat(partial.isVerified(1)).isTrue();
            assertThat(store.held(FILM.digest())).contains(new Held(FILM.digest(), pieces(1)));
            assertThat(store.holdings()).containsExactly(new Held(FILM.digest(), pieces(1)));
            try (var portion = store.readable(FILM.digest()).orElseThrow()) {
                assertThat(portion.representation()).isEqualTo(FILM.representation());
                assertThat(portion.covers(PIECE, 2 * PIECE - 1)).isTrue();
                assertThat(portion.covers(PIECE - 1, PIECE)).isFalse();
                assertThat(portion.covers(PIECE, 2 * PIECE)).isFalse();
                var bytes = ByteBuffer.allocate(PIECE);
                portion.file().read(bytes, PIECE);
                assertThat(bytes.flip()).isEqualTo(piece(1));
            }
            assertThat(store.contains(FILM.digest())).isFalse();
            assertThat(store.find(FILM.digest())).isEmpty();
        }
    }

    @Test
    void showsNothingThatIsWrongOrNotAllThere() throws IOException {
        try (var partial = store.partial(FILM.representation())) {
            partial.write(ByteBuffer.wrap(FILM.withWrongBitAt(PIECE - 1), 0, PIECE), 0);
            partial.write(piece(1).slice(0, PIECE - 1), PIECE);

            assertThat(partial.verify(0)).isFalse();
            assertThat(partial.verify(1)).isFalse();
            assertThat(partial.verify(2)).isFalse();
            assertThat(partial.verified().isEmpty()).isTrue();

            fetch(partial, 0);
            assertThat(partial.verified()).isEqualTo(pieces(0));
        }
    }

    @Test
    void leavesVerifiedPiecesAsTheyAre() throws IOException {
        try (var partial = store.partial(FILM.representation())) {
            fetch(partial, 1);

            var all = ByteBuffer.wrap(new byte[FILM.size()]);
            partial.write(all, 0);

            assertThat(all.hasRemaining()).isFalse();
            var bytes = ByteBuffer.allocate(PIECE);
            partial.read(bytes, PIECE);
            assertThat(bytes.flip()).isEqualTo(piece(1));
            fetch(partial, 0, 2, 3);
            partial.commit();
        }
        assertThat(Files.readAllBytes(store.find(FILM.digest()).orElseThrow().file())).isEqualTo(FILM.bytes());
    }

    @Test
    void takesNothingThatLiesOutside() throws IOException {
        try (var partial = store.partial(FILM.representation())) {
            assertThatThrownBy(() -> partial.write(ByteBuffer.allocate(8), 3 * PIECE))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> partial.verify(4)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void takesNoRepresentationWhosePiecesAreNotKnown() {
        var unknown = new Representation(FILM.digest(), FILM.size(), FILM.representation().headers(),
                PieceHashes.of(List.of()));

        assertThatThrownBy(() -> store.partial(unknown)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void becomesABlob() throws IOException {
        try (var partial = store.partial(FILM.representation())) {
            fetch(partial, 3, 0, 2, 1);

            var blob = partial.commit();

            assertThat(blob.representation()).isEqualTo(FILM.representation());
            assertThat(partial.commit()).isEqualTo(blob);
            assertThat(store.held(FILM.digest())).contains(Held.complete(FILM.digest(), FILM.size()));
        }
        assertThat(Files.readAllBytes(store.find(FILM.digest()).orElseThrow().file())).isEqualTo(FILM.bytes());
        assertThat(store.usedBytes()).isEqualTo(FILM.size());
        assertThat(files()).hasSize(2).allMatch(file -> file.startsWith(directory.resolve("blobs")));
    }

    @Test
    void becomesNoBlobBeforeAllIsVerified() throws IOException {
        try (var partial = store.partial(FILM.representation())) {
            fetch(partial, 0, 1, 2);
            partial.write(piece(3), 3 * PIECE);

            assertThatThrownBy(partial::commit).isInstanceOf(IOException.class).hasMessageContaining("3 of 4 pieces");

            assertThat(partial.verify(3)).isTrue();
            partial.commit();
        }
    }

    @Test
    void staysReadableWhenItIsCommittedAndEvicted() throws IOException {
        try (var partial = store.partial(FILM.representation())) {
            fetch(partial, 0, 1, 2, 3);
            try (var portion = store.readable(FILM.digest()).orElseThrow()) {
                partial.commit();
                assertThat(store.makeRoom(FILM.size())).isTrue();
                assertThat(store.held(FILM.digest())).isEmpty();

                assertThat(read(portion)).isEqualTo(FILM.bytes());
                var bytes = ByteBuffer.allocate(7);
                partial.read(bytes, 3 * PIECE);
                assertThat(bytes.flip()).isEqualTo(piece(3));
            }
        }
    }

    @Test
    void isSharedByAllWhoHaveItOpen() throws IOException {
        try (var first = store.partial(FILM.representation())) {
            fetch(first, 0);
            try (var second = store.partial(FILM.representation())) {
                assertThat(second.verified()).isEqualTo(pieces(0));
                fetch(second, 1);
            }
            assertThat(first.verified()).isEqualTo(pieces(0, 1));
            fetch(first, 2);
        }
    }

    @Test
    void goesOnWhereAnotherTransferStopped() throws IOException {
        try (var partial = store.partial(FILM.representation())) {
            fetch(partial, 0, 2);
        }
        assertThat(store.held(FILM.digest())).contains(new Held(FILM.digest(), pieces(0, 2)));
        try (var portion = store.readable(FILM.digest()).orElseThrow()) {
            assertThat(portion.pieces()).isEqualTo(pieces(0, 2));
        }

        try (var partial = store.partial(FILM.representation())) {
            assertThat(partial.verified()).isEqualTo(pieces(0, 2));
            fetch(partial, 1, 3);
            partial.commit();
        }
        assertThat(Files.readAllBytes(store.find(FILM.digest()).orElseThrow().file())).isEqualTo(FILM.bytes());
    }

    @Test
    void leavesNothingWhenNoPieceWasVerified() throws IOException {
        try (var partial = store.partial(FILM.representation())) {
            partial.write(piece(0), 0);
        }

        assertThat(files()).isEmpty();
        assertThat(store.usedBytes()).isZero();
        store.partial(Content.of((int) LIMIT, 4).representation()).close(); // the space that was reserved is free again
    }

    @Test
    void refusesOtherHashesForAKnownDigest() throws IOException {
        var hash = MAP.digest();
        var other = new Representation(FILM.digest(), FILM.size(), FILM.representation().headers(),
                PieceHashes.of(List.of(hash, hash, hash, hash)));
        try (var partial = store.partial(FILM.representation())) {
            fetch(partial, 0);
            assertThatThrownBy(() -> store.partial(other)).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> store.partial(other)).isInstanceOf(IOException.class);
    }

    @Test
    void countsWithItsWholeSizeWhileOpenAndThenWithWhatItTakes() throws IOException {
        put(MAP);
        try (var partial = store.partial(FILM.representation())) {
            assertThatThrownBy(() -> store.partial(Content.of(2 * PIECE, 4).representation()))
                    .isInstanceOf(StoreFullException.class);
            fetch(partial, 0);
            partial.write(piece(3), 3 * PIECE); // not verified, and takes its place all the same
            assertThat(store.usedBytes()).isEqualTo(MAP.size());
        }
        assertThat(store.usedBytes()).isEqualTo(MAP.size() + PIECE + 7);

        try (var partial = store.partial(FILM.representation())) {
            assertThat(store.usedBytes()).isEqualTo(MAP.size());
            fetch(partial, 1, 2, 3);
            partial.commit();
        }
        assertThat(store.usedBytes()).isEqualTo(MAP.size() + FILM.size());
    }

    @Test
    void isEvictedBeforeAnyBlobButNeverWhileOpen() throws IOException {
        put(MAP);
        try (var partial = store.partial(FILM.representation())) {
            fetch(partial, 0);
            store.makeRoom(LIMIT);
            assertThat(store.contains(MAP.digest())).isFalse();
            assertThat(store.held(FILM.digest())).isPresent();
        }
        put(MAP);
        var told = new ArrayList<Sha256>();
        store.listen(told::add);

        assertThat(store.makeRoom(1)).isTrue();

        assertThat(store.held(FILM.digest())).isEmpty();
        assertThat(store.contains(MAP.digest())).isTrue();
        assertThat(store.usedBytes()).isEqualTo(MAP.size());
        assertThat(told).containsExactly(FILM.digest());
        assertThat(files()).hasSize(2);
    }

    @Test
    void countsAReadAsUse() throws IOException {
        var other = Content.of(2 * PIECE, 5);
        try (var partial = store.partial(FILM.representation())) {
            fetch(partial, 0);
        }
        try (var partial = store.partial(other.representation())) {
            partial.write(ByteBuffer.wrap(other.bytes()), 0);
            partial.verify(0);
        }

        store.readable(FILM.digest()).orElseThrow().close();
        store.makeRoom(1);

        assertThat(store.holdings()).extracting(Held::digest).containsExactly(FILM.digest());
    }

    @Test
    void tellsListenersOfEachPieceWhenItShows() throws IOException {
        var told = new ArrayList<String>();
        store.listen(digest -> told.add(store.held(digest).map(held -> held.pieces().toString()).orElse("none")));

        try (var partial = store.partial(FILM.representation())) {
            fetch(partial, 0, 1, 2, 3);
            partial.verify(3);
            partial.commit();
        }

        assertThat(told).containsExactly("1 of 4 pieces", "2 of 4 pieces", "3 of 4 pieces", "4 of 4 pieces",
                "4 of 4 pieces");
    }

    @Test
    void givesWayToABlobThatCameAnotherWay() throws IOException {
        try (var partial = store.partial(FILM.representation())) {
            fetch(partial, 0);
            put(MAP);
        }
        store = BlobStore.open(directory, 10L * PIECE, clock);
        put(FILM);
        try (var partial = store.partial(FILM.representation())) {
            fetch(partial, 1);
            assertThat(store.held(FILM.digest())).contains(Held.complete(FILM.digest(), FILM.size()));
            try (var portion = store.readable(FILM.digest()).orElseThrow()) {
                assertThat(portion.pieces().isComplete()).isTrue();
            }
        }

        assertThat(store.usedBytes()).isEqualTo(MAP.size() + FILM.size());
        assertThat(files()).hasSize(4).allMatch(file -> file.startsWith(directory.resolve("blobs")));
    }

    /** The disk that takes nothing is `/dev/full`. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void makesRoomOnAFullDiskAndSaysWhenThatWasNotEnough() throws IOException {
        put(MAP);
        put(SOUND);
        var target = directory.resolve("partial").resolve(Content.of(2 * PIECE, 6).digest().hex());
        Files.createSymbolicLink(target, Path.of("/dev/full"));
        try (var partial = store.partial(Content.of(2 * PIECE, 6).representation())) {
            assertThatThrownBy(() -> partial.write(ByteBuffer.allocate(10), 0)).isInstanceOf(IOException.class)
                    .hasMessageContaining("No space");
            assertThat(partial.verify(0)).isFalse();
        }

        assertThat(store.holdings()).as("room for all of it was made").isEmpty();
        assertThat(files()).isEmpty();
    }

    /** One transfer that is cancelled must not break off the others. */
    @Test
    void survivesAnInterruptOfOneOfItsUsers() throws IOException {
        try (var partial = store.partial(FILM.representation())) {
            fetch(partial, 0);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> partial.write(piece(1), PIECE)).isInstanceOf(ClosedByInterruptException.class);
            assertThat(Thread.interrupted()).isTrue();

            fetch(partial, 1, 2, 3);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> partial.read(ByteBuffer.allocate(1), 0))
                    .isInstanceOf(ClosedByInterruptException.class);
            assertThat(Thread.interrupted()).isTrue();
            partial.commit();
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> partial.read(ByteBuffer.allocate(1), 0))
                    .isInstanceOf(ClosedByInterruptException.class);
            assertThat(Thread.interrupted()).isTrue();

            assertThat(partial.read(ByteBuffer.allocate(7), 3 * PIECE)).isEqualTo(7);
        }
    }

    @Test
    void takesNothingWhenItIsClosed() throws IOException {
        var partial = store.partial(FILM.representation());
        fetch(partial, 0);
        partial.close();

        assertThatThrownBy(() -> partial.write(piece(1), PIECE)).isInstanceOf(ClosedChannelException.class);
    }
}
