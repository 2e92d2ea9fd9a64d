package io.fingerpost.agent.store;

import io.fingerpost.agent.testing.Content;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A process that fills a store with one film after the other, in pieces and in any order, and says what it does: `fetch F P.`
 * before it writes a piece, `verified F P.` when it is visible, `stored F.` after a commit.
 */
final class PartialWriter {
    /** Kept alive by the test that kills it. */
    static final int FILMS = 200;
    static final int PIECES = 12;

    private PartialWriter() {}

    static Content film(int number) {
        return Content.of((PIECES - 1) * Content.PIECE + 7, number);
    }

    /** Takes the store's folder, the number of the first film, and a seed. */
    public static void main(String[] arguments) throws IOException {
        var out = new PrintStream(System.out, true);
        var random = new Random(Long.parseLong(arguments[2]));
        try (var store = BlobStore.open(Path.of(arguments[0]), 1L << 40, InstantSource.system())) {
            for (int number = Integer.parseInt(arguments[1]); number < FILMS; number++) {
                var film = film(number);
                if (store.find(film.digest()).isEmpty()) {
                    fill(store, film, number, random, out);
                }
                out.println("stored " + number + ".");
            }
        }
    }

    private static void fill(BlobStore store, Content film, int number, Random random, PrintStream out)
            throws IOException {
        try (var partial = store.partial(film.representation())) {
            var order = IntStream.range(0, PIECES).boxed().collect(Collectors.toList());
            Collections.shuffle(order, random);
            for (int piece : order) {
                if (!partial.isVerified(piece)) {
                    fetch(partial, film, number, piece, random, out);
                }
            }
            partial.commit();
        }
    }

    private static void fetch(Partial partial, Content film, int number, int piece, Random random, PrintStream out)
            throws IOException {
        out.println("fetch " + number + " " + piece + ".");
        int first = piece * Content.PIECE;
        int length = partial.representation().layout().length(piece);
        if (random.nextInt(3) == 0) {
            partial.write(ByteBuffer.wrap(film.withWrongBitAt(first + random.nextInt(length)), first, length), first);
            if (partial.verify(piece)) {
                throw new IllegalStateException("wrong bytes were verified");
            }
        }
        for (int at = 0; at < length; at += 8_000) {
            partial.write(ByteBuffer.wrap(film.bytes(), first + at, Math.min(8_000, length - at)), first + at);
        }
        if (!partial.verify(piece)) {
            throw new IllegalStateException("right bytes were not verified");
        }
        out.println("verified " + number + " " + piece + ".");
    }
}
