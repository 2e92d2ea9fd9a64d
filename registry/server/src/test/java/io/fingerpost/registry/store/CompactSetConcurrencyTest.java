package io.fingerpost.registry.store;

import io.fingerpost.registry.Interleavings;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Collectors;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What readers of a set see while one thread writes. The size may lag behind what is found, and is not part of it. */
@Tag("lincheck")
class CompactSetConcurrencyTest {
    private record Key(int number) {}

    private record Item(Object key, int version) implements CompactSet.Member {}

    /** A set and the keys of its members, which count by identity. */
    private static final class Keyed {
        private final Key[] keys = new Key[32];
        private final int members;
        private final CompactSet<Item> filled = new CompactSet<>(new Item[0]);

        /** @param members that are in it at the start: those with the first keys */
        Keyed(int members) {
            Arrays.setAll(keys, Key::new);
            this.members = members;
        }

        /** Filled by the first operation, for which none is in parallel: in an operation, hash codes are not those of before. */
        CompactSet<Item> set() {
            if (filled.size() == 0) {
                for (int i = 0; i < members; i++) {
                    filled.put(new Item(keys[i], 0));
                }
            }
            return filled;
        }

        boolean put(int key, int version) {
            return set().put(new Item(keys[key], version));
        }

        /** Its version; -1 if it is not found. */
        int find(int key) {
            Item found = set().find(keys[key]);
            return found == null ? -1 : found.key() == keys[key] ? found.version() : -2;
        }

        int remove(int key) {
            Item removed = set().remove(keys[key]);
            return removed == null ? -1 : removed.version();
        }
    }

    /** Few members: linearizable, all of them together too. */
    @Param(name = "key", gen = IntGen.class, conf = "0:2")
    @Param(name = "version", gen = IntGen.class, conf = "1:2")
    public static class Few {
        private final Keyed keyed = new Keyed(1);

        @Operation(nonParallelGroup = "writer")
        public boolean put(@Param(name = "key") int key, @Param(name = "version") int version) {
            return keyed.put(key, version);
        }

        @Operation(nonParallelGroup = "writer")
        public int remove(@Param(name = "key") int key) {
            return keyed.remove(key);
        }

        @Operation
        public int find(@Param(name = "key") int key) {
            return keyed.find(key);
        }

        @Operation
        public String all() {
            return Arrays.stream(keyed.set().few()).map(item -> ((Key) item.key()).number() + "=" + item.version())
                    .sorted().collect(Collectors.joining(","));
        }
    }

    /** A set that only grows, from few to many: nothing is moved, and looking for one member is linearizable. */
    @Param(name = "key", gen = IntGen.class, conf = "0:2")
    @Param(name = "version", gen = IntGen.class, conf = "1:2")
    public static class Growing {
        private final Keyed keyed;
        /** The first of the keys that are asked for, which is there from the start. */
        private final int first;

        public Growing() {
            this(CompactSet.FEW - 1);
        }

        Growing(int members) {
            keyed = new Keyed(members);
            first = members - 1;
        }

        @Operation(nonParallelGroup = "writer")
        public boolean put(@Param(name = "key") int key, @Param(name = "version") int version) {
            return keyed.put(first + key, version);
        }

        @Operation
        public int find(@Param(name = "key") int key) {
            return keyed.find(first + key);
        }
    }

    /** The same where one hash table makes room for a larger one, which it does with 23 members. */
    public static class GrowingFurther extends Growing {
        public GrowingFurther() {
            super(21);
        }
    }

    /**
     * Many members, of which some go: weaker than linearizable, and so the operations look themselves. A reader may miss a member
     * while any is being taken out, but else finds it, and never finds one that was gone before or another's.
     */
    @Param(name = "key", gen = IntGen.class, conf = "0:3")
    public static class Many {
        private static final int ABSENT = 0;
        private static final int PRESENT = 2;

        /** Those that come and go were there first: others stand behind them. */
        private static final int COMING = 4;
        private static final int ALL = COMING + CompactSet.FEW + 1;

        private final Keyed keyed = new Keyed(ALL);
        /** What surely holds of each that comes and goes; a change has a step in between, and every four steps begin anew. */
        private final AtomicIntegerArray steps = new AtomicIntegerArray(new int[] {PRESENT, PRESENT, PRESENT, PRESENT});
        private final AtomicInteger removals = new AtomicInteger();

        @Operation(nonParallelGroup = "writer")
        public boolean put(@Param(name = "key") int key) {
            boolean there = steps.get(key) % 4 == PRESENT;
            if (!there) {
                steps.incrementAndGet(key);
            }
            boolean isNew = keyed.put(key, 1);
            if (!there) {
                steps.incrementAndGet(key);
            }
            return isNew;
        }

        @Operation(nonParallelGroup = "writer")
        public int remove(@Param(name = "key") int key) {
            boolean there = steps.get(key) % 4 == PRESENT;
            removals.incrementAndGet();
            if (there) {
                steps.incrementAndGet(key);
            }
            int removed = keyed.remove(key);
            if (there) {
                steps.incrementAndGet(key);
            }
            removals.incrementAndGet();
            return removed;
        }

        @Operation
        public String find(@Param(name = "key") int key) {
            int removalsBefore = removals.get();
            int before = steps.get(key);
            int found = keyed.find(key);
            boolean changed = steps.get(key) != before || before % 2 != 0;
            boolean removing = removals.get() != removalsBefore || removalsBefore % 2 != 0;
            if (found == -2) {
                return "another's";
            }
            if (!changed && before % 4 == ABSENT && found != -1) {
                return "one that was gone";
            }
            return !changed && !removing && before % 4 == PRESENT && found == -1 ? "missed" : "fine";
        }

        @Validate
        public void nothingIsLostInTheEnd() {
            for (int key = 0; key < COMING; key++) {
                if (keyed.find(key) != -1 != (steps.get(key) % 4 == PRESENT)) {
                    throw new AssertionError("key " + key);
                }
            }
            for (int key = COMING; key < ALL; key++) {
                if (keyed.find(key) != 0) {
                    throw new AssertionError("key " + key + ", which nobody touched");
                }
            }
        }
    }

    @Test
    void fewMembersAreSeenAsTheyWereAtOneMoment() {
        Interleavings.check(Few.class);
    }

    @Test
    void aSetThatOnlyGrowsIsNeverMissed() {
        Interleavings.check(Growing.class);
        Interleavings.check(GrowingFurther.class);
    }

    @Test
    void ofManyMembersNoneIsMissedUnlessOneIsTakenOut() {
        Interleavings.check(Many.class);
    }
}
