package io.fingerpost.registry.store;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.store.MemoryStore.Entry;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Fills a table with what peers hold, digest by digest, which looks each digest up once and not once for each of its holders. For one
 * thread, while nobody else changes the table.
 */
public final class Filling {
    private static final int MOST_PEERS = 1 << 24;
    private static final int MOST_HOLDINGS = 1 << 20;

    private final MemoryStore table;
    private @Nullable Entry[] numbered = new @Nullable Entry[64];

    Filling(MemoryStore table) {
        this.table = table;
    }

    /**
     * What a peer is called from now on; if the table does not know it, what it holds is passed over.
     *
     * @param number below 2²⁴
     * @param holdings so many will come, more or less
     * @throws IllegalArgumentException if there is no such number
     */
    public void call(PeerId id, int number, int holdings) {
        if (number < 0 || number >= MOST_PEERS) {
            throw new IllegalArgumentException("a peer's number is " + number);
        }
        if (number >= numbered.length) {
            numbered = Arrays.copyOf(numbered, Math.max(number + 1, 2 * numbered.length));
        }
        numbered[number] = table.expect(id, Math.clamp(holdings, 0, MOST_HOLDINGS));
    }

    /** The peers with {@code numbers}, each of which is there once, hold all of {@code digest}, as was not known so far. */
    public void put(Sha256 digest, int[] numbers) {
        var by = new Entry[numbers.length];
        int count = 0;
        for (int number : numbers) {
            Entry entry = number < 0 || number >= numbered.length ? null : numbered[number];
            if (entry != null) {
                by[count++] = entry;
            }
        }
        if (count > 0) {
            table.fill(digest, count == by.length ? by : Arrays.copyOf(by, count));
        }
    }
}
