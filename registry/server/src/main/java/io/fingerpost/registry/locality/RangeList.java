package io.fingerpost.registry.locality;

import java.util.Arrays;

/**
 * Networks of one family as they are written down, one after the other: made into ranges side by side, in which that of the
 * smallest network around an address counts.
 *
 * <p>An address is an unsigned number of 64 bits; IPv4 stands in the upper half. Networks come in the order of their first
 * addresses, larger ones before those inside them.
 */
final class RangeList {
    private final int max;
    /** Where the ranges begin; each ends where the next one begins. The first is 0. */
    private long[] starts = new long[16];
    private int[] values = new int[16];
    private int size = 1;

    /** The networks around the place that was reached, and the last address of each. */
    private final long[] lasts = new long[65];
    private final int[] around = new int[65];
    private int depth;

    /** @param max most ranges that it takes */
    RangeList(int max) {
        this.max = max;
    }

    /**
     * Adds a network.
     *
     * @param prefix 0 to 64
     * @param value 0 stands for nothing
     * @throws IllegalArgumentException if there are too many
     */
    void add(long first, int prefix, int value) {
        leave(first);
        begin(first, value);
        lasts[depth] = prefix == 64 ? first : first | -1L >>> prefix;
        around[depth++] = value;
    }

    /** Whether the network that was added last ends before this address. */
    boolean endsBefore(long address) {
        return depth == 0 || Long.compareUnsigned(lasts[depth - 1], address) < 0;
    }

    /** Closes the networks that end before this address. */
    private void leave(long address) {
        while (depth > 0 && Long.compareUnsigned(lasts[depth - 1], address) < 0) {
            leaveInnermost();
        }
    }

    private void leaveInnermost() {
        long last = lasts[--depth];
        if (last != -1L) {
            begin(last + 1, depth == 0 ? 0 : around[depth - 1]);
        }
    }

    private void begin(long start, int value) {
        if (starts[size - 1] == start) { // the range before turns out to be empty
            values[size - 1] = value;
            if (size > 1 && values[size - 2] == value) {
                size--;
            }
        } else if (values[size - 1] != value) {
            append(start, value);
        }
    }

    private void append(long start, int value) {
        if (size == max) {
            throw new IllegalArgumentException("it has more than " + max + " ranges");
        }
        if (size == starts.length) {
            int more = Math.min(max, size + (size >> 1));
            starts = Arrays.copyOf(starts, more);
            values = Arrays.copyOf(values, more);
        }
        starts[size] = start;
        values[size++] = value;
    }

    /** Where each range begins; the first at 0. */
    long[] starts() {
        while (depth > 0) {
            leaveInnermost();
        }
        return Arrays.copyOf(starts, size);
    }

    /** What holds in each range. */
    int[] values() {
        while (depth > 0) {
            leaveInnermost();
        }
        return Arrays.copyOf(values, size);
    }
}
