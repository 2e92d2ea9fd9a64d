package io.fingerpost.agent.store;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.testing.Content;
import io.fingerpost.contract.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Honest and hostile writers, readers and interrupted ones at the same pieces. */
@Timeout(60)
class PartialConcurrencyTest {
    private static final Content FILM = Content.of(39 * PIECE + 7, 1);
    private static final int PIECES = 40;
    private static final int STEP = PIECE / 8;

    @TempDir
    private Path directory;

    @Test
    void neverShowsAPieceThatIsOrBecomesWrong() throws Exception {
        try (var store = BlobStore.open(directory, FILM.size(), InstantSource.system());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> work = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                var random = new Random(i);
                work.add(() -> writeAll(store, random));
                work.add(() -> spoil(store, random));
                work.add(() -> readAll(store));
            }
            work.add(() -> breakOff(store));
            try (var open = store.partial(FILM.representation())) { // all of them have it in common
                for (var done : threads.invokeAll(work)) {
                    done.get();
                }
                open.commit();
            }

            var blob = store.find(FILM.digest()).orElseThrow();
            assertThat(Files.readAllBytes(blob.file())).isEqualTo(FILM.bytes());
            assertThat(store.usedBytes()).isEqualTo(FILM.size());
        }
    }

    /** Until all is verified; hostile writers make some tries fail. */
    private static Void writeAll(BlobStore store, Random random) throws IOException {
        try (var partial = store.partial(FILM.representation())) {
            while (!partial.verified().isComplete()) {
                int piece = random.nextInt(PIECES);
                int first = piece * PIECE;
                int end = Math.min(first + PIECE, FILM.size());
                for (int at = first; at < end; at += STEP) {
                    partial.write(ByteBuffer.wrap(FILM.bytes(), at, Math.min(STEP, end - at)), at);
                }
                partial.verify(piece);
            }
        }
        return null;
    }

    private static Void spoil(BlobStore store, Random random) throws IOException {
        try (var partial = store.partial(FILM.representation())) {
            while (!partial.verified().isComplete()) {
                int piece = random.nextInt(PIECES);
                partial.write(ByteBuffer.wrap(new byte[] {(byte) random.nextInt()}), (long) piece * PIECE + 3);
                partial.verify(random.nextInt(PIECES));
            }
        }
        return null;
    }

    private static Void readAll(BlobStore store) throws IOException {
        var layout = FILM.representation().layout();
        for (boolean all = false; !all;) {
            try (var portion = store.readable(FILM.digest()).orElse(null)) {
                for (int piece = 0; portion != null && piece < PIECES; piece++) {
                    if (portion.pieces().contains(piece)) {
                        var bytes = ByteBuffer.allocate(layout.length(piece));
                        portion.file().read(bytes, layout.offset(piece));
                        assertThat(Sha256.digestOf(bytes.array()))
                                .isEqualTo(FILM.representation().pieces().get(piece));
                    }
                }
                all = portion != null && portion.pieces().isComplete();
            }
        }
        return null;
    }

    /** As a transfer that is cancelled does. */
    private static Void breakOff(BlobStore store) throws IOException {
        while (!store.held(FILM.digest()).map(held -> held.pieces().isComplete()).orElse(false)) {
            try (var partial = store.partial(FILM.representation())) {
                Thread.currentThread().interrupt();
                partial.read(ByteBuffer.allocate(1), 0);
            } catch (ClosedByInterruptException e) {
                assertThat(Thread.interrupted()).isTrue();
            }
        }
        return null;
    }

    /** A byte that is right and wrong in turn is right when the piece shows, and stays so. */
    @Test
    void letsNobodySpoilAPieceWhileItIsVerified() throws Exception {
        try (var store = BlobStore.open(directory, FILM.size(), InstantSource.system());
                var threads = Executors.newSingleThreadExecutor();
                var partial = store.partial(FILM.representation())) {
            partial.write(ByteBuffer.wrap(FILM.bytes()), 0);
            for (int i = 0; i < PIECES; i++) {
                int piece = i;
                var spoiling = threads.submit(() -> spoilAndMend(partial, piece));
                while (!partial.verify(piece)) {
                    Thread.onSpinWait();
                }
                spoiling.get();
                var first = ByteBuffer.allocate(1);
                partial.read(first, (long) piece * PIECE);
                assertThat(first.get(0)).isEqualTo(FILM.bytes()[piece * PIECE]);
            }
        }
    }

    private static Void spoilAndMend(Partial partial, int piece) throws IOException {
        byte right = FILM.bytes()[piece * PIECE];
        while (!partial.isVerified(piece)) {
            partial.write(ByteBuffer.wrap(new byte[] {(byte) ~right}), (long) piece * PIECE);
            partial.write(ByteBuffer.wrap(new byte[] {right}), (long) piece * PIECE);
        }
        return null;
    }

    @Test
    void countsRightWhenManyOpenAndCloseAtOnce() throws Exception {
        var films = IntStream.range(0, 6).mapToObj(i -> Content.of(2 * PIECE, 10 + i)).toList();
        try (var store = BlobStore.open(directory, 8L * PIECE, InstantSource.system());
                var threads = Executors.newFixedThreadPool(4)) {
            var work = IntStream.range(0, 4).<Callable<Void>>mapToObj(worker -> () -> {
                var random = new Random(worker);
                for (int i = 0; i < 100; i++) {
                    useOne(store, films.get(random.nextInt(films.size())), random);
                    assertThat(store.usedBytes()).isBetween(0L, 8L * PIECE);
                }
                return null;
            }).toList();
            for (var done : threads.invokeAll(work)) {
                done.get();
            }

            long held = store.holdings().stream().mapToLong(
                    entry -> IntStream.range(0, 2).filter(entry.pieces()::contains).count() * PIECE).sum();
            assertThat(store.usedBytes()).isEqualTo(held);
            store.partial(Content.of(8 * PIECE, 99).representation()).close(); // nothing is reserved any more
        }
    }

    private static void useOne(BlobStore store, Content film, Random random) throws IOException {
        try (var partial = store.partial(film.representation())) {
            int piece = random.nextInt(2);
            partial.write(ByteBuffer.wrap(film.bytes(), piece * PIECE, PIECE), (long) piece * PIECE);
            assertThat(partial.verify(piece)).isTrue();
            if (partial.verified().isComplete()) {
                partial.commit();
            }
        }
    }
}
