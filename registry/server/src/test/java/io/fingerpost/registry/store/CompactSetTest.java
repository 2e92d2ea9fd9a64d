package io.fingerpost.registry.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompactSetTest {
    private record Item(Object key, int version) implements CompactSet.Member {}

    private final CompactSet<Item> set = new CompactSet<>(new Item[0]);

    private static List<Object> keys(int count) {
        return Stream.generate(Object::new).limit(count).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 16, 17, 18, 40, 1_000})
    void doesWhatAMapDoes(int most) {
        var random = new Random(most);
        var keys = keys(most);
        Map<Object, Item> model = new HashMap<>();
        for (int i = 0; i < 30_000; i++) {
            Object key = keys.get(random.nextInt(most));
            boolean grows = i / 3_000 % 2 == 0;
            if (random.nextInt(4) != 0 == grows) {
                var item = new Item(key, i);
                assertThat(set.put(item)).isEqualTo(model.put(key, item) == null);
            } else {
                assertThat(set.remove(key)).isSameAs(model.remove(key));
            }
            assertThat(set.size()).isEqualTo(model.size());
            Object other = keys.get(random.nextInt(most));
            assertThat(set.find(other)).isSameAs(model.get(other));
        }
        var seen = new ArrayList<Item>();
        set.forEach(seen::add);
        assertThat(seen).containsExactlyInAnyOrderElementsOf(model.values());
    }

    @Test
    void fewAreInAnArrayThatStaysAsItIs() {
        for (Object key : keys(16)) {
            set.put(new Item(key, 0));
        }
        Item[] few = set.few();

        set.put(new Item(new Object(), 0));

        assertThat(few).hasSize(16).doesNotContainNull();
        assertThat(set.few()).isNull();
        assertThat(set.size()).isEqualTo(17);
    }

    /** A place that is seen empty may be another's a moment later. */
    @Test
    void readersAreNeverShownAnothersMember() throws Exception {
        keys(20).forEach(key -> set.put(new Item(key, 0)));
        var missing = keys(64);
        var goOn = new AtomicBoolean(true);
        try (var threads = Executors.newSingleThreadExecutor()) {
            Future<?> writing = threads.submit(() -> {
                while (goOn.get()) {
                    var item = new Item(new Object(), 1);
                    set.put(item);
                    set.remove(item.key());
                }
            });
            for (int i = 0; i < 3_000_000; i++) {
                if (set.find(missing.get(i % 64)) != null) {
                    goOn.set(false);
                    throw new AssertionError("found what is not there");
                }
            }
            goOn.set(false);
            writing.get();
        }
    }

    @Test
    void lotsAreFair() {
        var items = keys(200).stream().map(key -> new Item(key, 0)).toList();
        items.forEach(set::put);
        var random = new Random(5);
        Map<Item, Integer> drawn = new HashMap<>();
        for (int i = 0; i < 200_000; i++) {
            drawn.merge(set.draw(random), 1, Integer::sum);
        }

        assertThat(drawn).hasSize(200);
        assertThat(drawn.values()).allSatisfy(times -> assertThat(times).isBetween(800, 1_200));
    }

    @Test
    void nothingIsDrawnFromAnEmptySet() {
        assertThat(set.draw(new Random(1))).isNull();
    }

    @Test
    void aReaderMeetsOnlyMembersAndNeverHangs() throws Exception {
        var keys = keys(500);
        var members = new HashSet<>(keys);
        var goOn = new AtomicBoolean(true);
        try (var thread = Executors.newSingleThreadExecutor()) {
            Future<Integer> reading = thread.submit(() -> {
                var random = new Random(3);
                int reads = 0;
                while (goOn.get() || reads == 0) {
                    Object key = keys.get(random.nextInt(500));
                    Item found = set.find(key);
                    assertThat(found == null || found.key() == key).isTrue();
                    Item drawn = set.draw(random);
                    assertThat(drawn == null || members.contains(drawn.key())).isTrue();
                    set.forEach(item -> assertThat(members).contains(item.key()));
                    reads++;
                }
                return reads;
            });
            var random = new Random(4);
            for (int round = 0; round < 40; round++) {
                IntStream.range(0, 500).forEach(i -> set.put(new Item(keys.get(random.nextInt(500)), i)));
                IntStream.range(0, 1_500).forEach(_ -> set.remove(keys.get(random.nextInt(500))));
            }
            goOn.set(false);
            assertThat(reading.get()).isPositive();
        }
    }
}
