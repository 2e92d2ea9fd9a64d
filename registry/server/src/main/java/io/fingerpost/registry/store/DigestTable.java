package io.fingerpost.registry.store;

import io.fingerpost.contract.Sha256;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.security.SecureRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the holders of a digest: a hash table with open addressing, for a look at one word and then at the holders themselves. One
 * thread at a time writes; readers take no lock and miss nothing.
 */
final class DigestTable {
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(Holders[].class);
    private static final int LEAST = 64;
    /** Of a table that is fuller than this, another is made that is as full as that. */
    private static final double FULL = 0.75;
    private static final double FRESH = 0.5;

    /** Stands where somebody was, so that those behind are still found. */
    private final Holders gone;
    /** By chance, for this table alone. */
    private final long[] keys = new SecureRandom().longs(5).toArray();
    private volatile Holders[] cells = new Holders[LEAST];
    private int used;
    private int size;

    /** @param gone holders of nothing */
    DigestTable(Holders gone) {
        this.gone = gone;
    }

    @Nullable
    Holders find(Sha256 digest) {
        Holders[] table = cells;
        for (int at = home(digest, table.length);; at = at + 1 == table.length ? 0 : at + 1) {
            var found = (@Nullable Holders) CELL.getAcquire(table, at);
            if (found == null || found != gone && found.isOf(digest)) {
                return found;
            }
        }
    }

    /**
     * Which digests meet in a cell is a matter of chance. Whoever announces holdings can make up digests, but does not know the keys;
     * and it is not linear, or digests that differ by a common step would meet under any keys.
     */
    int home(Sha256 digest, int length) {
        long mixed = fold(digest.first() ^ keys[0], digest.second() ^ keys[1])
                ^ fold(digest.third() ^ keys[2], digest.fourth() ^ keys[3]);
        return (int) Math.unsignedMultiplyHigh(fold(mixed, keys[4]), length);
    }

    /** The halves of the product, of which each bit depends on all bits of both. */
    private static long fold(long a, long b) {
        return Math.unsignedMultiplyHigh(a, b) ^ a * b;
    }

    /** All that there are, and some gaps: those that come later may not be in it. */
    Rows rows() {
        return new Rows(cells);
    }

    /** What is in the table at one moment; for the writer, bit by bit. */
    final class Rows {
        private final Holders[] table;
        private int next;

        private Rows(Holders[] table) {
            this.table = table;
        }

        boolean isAtEnd() {
            return next == table.length;
        }

        /** Shows those of the next {@code length} cells that are still in the table. */
        void show(int length, Consumer<Holders> consumer) {
            int end = Math.min(table.length, next + length);
            for (; next < end; next++) {
                var row = (@Nullable Holders) table[next];
                if (row != null && row != gone) {
                    consumer.accept(row);
                }
            }
        }
    }

    /** Puts in holders of a digest that has none yet. */
    void add(Holders holders) {
        if (used >= cells.length * FULL) {
            cells = copy();
            used = size;
        }
        put(cells, holders);
        used++;
        size++;
    }

    private Holders[] copy() {
        var copy = new Holders[Math.max(LEAST, (int) (size / FRESH))];
        for (Holders holders : cells) {
            if (holders != null && holders != gone) {
                put(copy, holders);
            }
        }
        return copy;
    }

    private void put(Holders[] table, Holders holders) {
        int at = home(holders.digest(), table.length);
        while (table[at] != null) {
            at = at + 1 == table.length ? 0 : at + 1;
        }
        CELL.setRelease(table, at, holders);
    }

    void remove(Holders holders) {
        Holders[] table = cells;
        for (int at = home(holders.digest(), table.length); table[at] != null; at = at + 1 == table.length
                ? 0
                : at + 1) {
            if (table[at] == holders) {
                CELL.setRelease(table, at, gone);
                size--;
                return;
            }
        }
    }
}
