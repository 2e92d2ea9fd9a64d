package io.fingerpost.registry.store;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A set that takes five to six bytes for each member, has one writer at a time and any number of readers, who take no lock.
 *
 * <p>Up to {@link #FEW} members are in an array that is never changed. More are in a hash table with open addressing, where a
 * reader may miss a member that is just being moved; that is good enough for drawing lots.
 */
@SuppressWarnings("ReferenceEquality") // keys are compared by identity
class CompactSet<T extends CompactSet.Member> {
    /** So many are seen all at once, and as they were at one moment. */
    static final int FEW = 16;

    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(Member[].class);
    /** Of a table that is fuller than this, another is made that is as full as that. */
    private static final double FULL = 0.8;
    private static final double FRESH = 0.62;
    private static final int DRAWS = 64;

    /** What can be in a set; at most one with the same key is. Keys are compared by identity. */
    interface Member {
        Object key();
    }

    private volatile T[] cells;
    private volatile int size;

    /** @param empty an array of the members' type, without any */
    CompactSet(T[] empty) {
        this.cells = empty;
    }

    final int size() {
        return size;
    }

    /** All members when they are few, in an array that must not be changed; null if they are not. */
    final T @Nullable [] few() {
        T[] table = cells;
        return table.length <= FEW ? table : null;
    }

    /** The member with {@code key}. */
    final @Nullable T find(Object key) {
        T[] table = cells;
        if (table.length <= FEW) {
            for (T member : table) {
                if (member.key() == key) {
                    return member;
                }
            }
            return null;
        }
        int at = home(key, table.length);
        while (true) {
            T member = read(table, at);
            if (member == null || member.key() == key) {
                return member; // the one that was looked at: another look might meet one that was put there meanwhile
            }
            at = at + 1 == table.length ? 0 : at + 1;
        }
    }

    /** Where {@code key} is in a hash table, or would be put; for the writer. */
    private static <T extends Member> int find(T[] table, Object key) {
        int at = home(key, table.length);
        while (table[at] != null && table[at].key() != key) {
            at = at + 1 == table.length ? 0 : at + 1;
        }
        return at;
    }

    private static int home(Object key, int length) {
        return (int) ((long) System.identityHashCode(key) * length >>> 31);
    }

    /** Puts {@code member} in the place of the one with the same key; whether there was none. */
    final boolean put(T member) {
        T[] table = cells;
        return table.length <= FEW ? putFew(table, member) : putMany(table, member);
    }

    private boolean putFew(T[] table, T member) {
        for (int i = 0; i < table.length; i++) {
            if (table[i].key() == member.key()) {
                T[] changed = table.clone();
                changed[i] = member;
                cells = changed;
                return false;
            }
        }
        if (table.length < FEW) {
            T[] longer = Arrays.copyOf(table, table.length + 1);
            longer[table.length] = member;
            cells = longer;
        } else {
            T[] hashed = withLength(table, capacity(FEW + 1));
            for (T known : table) {
                hashed[find(hashed, known.key())] = known;
            }
            hashed[find(hashed, member.key())] = member;
            cells = hashed;
        }
        size = table.length + 1;
        return true;
    }

    /** Puts in the first members of an empty set, at most {@link #FEW}, in an array that is never changed again. */
    final void begin(T[] first) {
        cells = first;
        size = first.length;
    }

    /** Makes room for {@code more} members at once, rather than again and again while they are put in. */
    final void expect(int more) {
        T[] table = cells;
        int members = size + more;
        if (members > FEW && members > table.length * FULL) {
            cells = hashed(table, members);
        }
    }

    private static int capacity(int members) {
        return Math.max(FEW + 1, (int) (members / FRESH) + 1);
    }

    /** An empty array of the same type. */
    @SuppressWarnings("unchecked")
    private static <T> T[] withLength(T[] table, int length) {
        return (T[]) Array.newInstance(table.getClass().getComponentType(), length);
    }

    @SuppressWarnings("unchecked")
    private static <T> @Nullable T read(T[] table, int at) {
        return (T) CELL.getAcquire(table, at);
    }

    private boolean putMany(T[] table, T member) {
        int at = find(table, member.key());
        boolean isNew = table[at] == null;
        CELL.setRelease(table, at, member);
        if (isNew) {
            int members = size + 1;
            size = members;
            if (members > table.length * FULL) {
                cells = hashed(table, members);
            }
        }
        return isNew;
    }

    private static <T extends Member> T[] hashed(T[] table, int size) {
        T[] hashed = withLength(table, capacity(size));
        for (T member : table) {
            if (member != null) {
                hashed[find(hashed, member.key())] = member;
            }
        }
        return hashed;
    }

    /** Takes out the member with {@code key}; null if there is none. */
    final @Nullable T remove(Object key) {
        T[] table = cells;
        return table.length <= FEW ? removeFew(table, key) : removeMany(table, key);
    }

    private @Nullable T removeFew(T[] table, Object key) {
        for (int i = 0; i < table.length; i++) {
            if (table[i].key() == key) {
                T[] shorter = withLength(table, table.length - 1);
                System.arraycopy(table, 0, shorter, 0, i);
                System.arraycopy(table, i + 1, shorter, i, shorter.length - i);
                cells = shorter;
                size = shorter.length;
                return table[i];
            }
        }
        return null;
    }

    private @Nullable T removeMany(T[] table, Object key) {
        int at = find(table, key);
        T removed = table[at];
        if (removed == null) {
            return null;
        }
        int members = size - 1;
        size = members;
        if (members <= FEW / 2) {
            cells = Arrays.stream(table).filter(member -> member != null && member != removed)
                    .toArray(length -> withLength(table, length));
        } else {
            close(table, at);
            if (members < table.length * FULL / 4) {
                cells = hashed(table, members);
            }
        }
        return removed;
    }

    /** Moves those that follow up into the gap, as far as they want to be there (Knuth, algorithm R). */
    private static <T extends Member> void close(T[] table, int gap) {
        int at = gap;
        int empty = gap;
        while (true) {
            at = at + 1 == table.length ? 0 : at + 1;
            T member = table[at];
            if (member == null) {
                CELL.setRelease(table, empty, (Member) null);
                return;
            }
            int home = home(member.key(), table.length);
            boolean stays = empty <= at ? empty < home && home <= at : empty < home || home <= at;
            if (!stays) {
                CELL.setRelease(table, empty, member);
                empty = at;
            }
        }
    }

    /** One member by lot; null if none was met, as in an empty set. */
    final @Nullable T draw(RandomGenerator random) {
        T[] table = cells;
        for (int i = 0; i < DRAWS && table.length > 0; i++) {
            T member = read(table, random.nextInt(table.length));
            if (member != null) {
                return member;
            }
        }
        return null;
    }

    /** Shows all members, each at least once if none comes or goes meanwhile; off the I/O threads. */
    final void forEach(Consumer<? super T> consumer) {
        T[] table = cells;
        for (int i = 0; i < table.length; i++) {
            T member = read(table, i);
            if (member != null) {
                consumer.accept(member);
            }
        }
    }
}
