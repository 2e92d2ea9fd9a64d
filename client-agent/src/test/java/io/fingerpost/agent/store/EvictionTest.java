package io.fingerpost.agent.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.testing.Content;
import io.fingerpost.contract.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which blobs go first, by use and by how many others hold them. */
class EvictionTest {
    private static final int COUNT = 16;
    private static final int SIZE = 100;
    private static final List<Content> FILES = IntStream.range(0, COUNT).mapToObj(i -> Content.of(SIZE, i)).toList();

    @TempDir
    private Path directory;
    private final Map<Sha256, Integer> holders = new HashMap<>();
    private final List<Integer> evicted = new ArrayList<>();
    private BlobStore store;

    @BeforeEach
    void fill() throws IOException {
        store = BlobStore.open(directory, COUNT * SIZE, InstantSource.system(), this::holders);
        for (var file : FILES) {
            try (var incoming = store.begin(SIZE)) {
                incoming.write(ByteBuffer.wrap(file.bytes()), 0);
                incoming.commit(file.representation());
            }
        }
        store.listen(digest -> evicted.add(FILES.stream().map(Content::digest).toList().indexOf(digest)));
    }

    private OptionalInt holders(Sha256 digest) {
        return holders.containsKey(digest) ? OptionalInt.of(holders.get(digest)) : OptionalInt.empty();
    }

    private void hold(int file, int peers) {
        holders.put(FILES.get(file).digest(), peers);
    }

    @Test
    void goesByUseAloneWhenNothingIsKnown() {
        store.makeRoom(6 * SIZE);

        assertThat(evicted).containsExactly(0, 1, 2, 3, 4, 5);
    }

    @Test
    void letsGoFirstWhatMostOthersHoldOfTheQuarterUsedLeastLately() {
        hold(2, 7);
        hold(1, 3);
        hold(4, 1_000);

        store.makeRoom(3 * SIZE);

        assertThat(evicted).containsExactly(2, 1, 0);
    }

    @Test
    void keepsWhatWasUsedLatelyHoweverMany() {
        IntStream.range(0, COUNT).forEach(file -> hold(file, COUNT - file));
        store.find(FILES.get(0).digest());

        store.makeRoom(4 * SIZE);

        assertThat(evicted).containsExactly(1, 2, 3, 4);
    }

    @Test
    void neverTakesOfTheNewestThreeQuartersWhileOlderOnesSuffice() {
        var random = new Random(1);
        IntStream.range(0, COUNT).forEach(file -> hold(file, random.nextInt(5)));

        store.makeRoom(4 * SIZE);
        assertThat(evicted).containsExactlyInAnyOrder(0, 1, 2, 3);

        store.makeRoom(5 * SIZE);
        assertThat(evicted.subList(4, 7)).as("of the twelve that are left").containsExactlyInAnyOrder(4, 5, 6);
        assertThat(evicted.subList(7, 9)).as("of the nine that are left").containsExactlyInAnyOrder(7, 8);
    }
}
