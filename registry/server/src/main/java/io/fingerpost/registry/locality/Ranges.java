package io.fingerpost.registry.locality;

/**
 * What holds for which addresses of one family, unsigned numbers of 64 bits as in {@link RangeList}: sorted ranges in flat arrays,
 * 12 bytes for each, and an index of at most 256 KiB. A look-up allocates nothing.
 */
final class Ranges {
    private static final int MAX_BUCKETS = 1 << 16;

    /** Where ranges begin, less 2^63, so that the processor's signed comparison is that of addresses. The first begins at 0. */
    private final long[] starts;
    private final int[] values;

    /** Addresses from the second start to the last one are cut into equal buckets of 2^shift. */
    private final long origin;
    private final int shift;
    /** The range that each bucket begins in, and the last range. */
    private final int[] firsts;

    /** @param list takes no more networks afterwards */
    Ranges(RangeList list) {
        this.starts = list.starts();
        this.values = list.values();
        for (int i = 0; i < starts.length; i++) {
            starts[i] ^= Long.MIN_VALUE;
        }
        this.origin = starts[Math.min(1, starts.length - 1)];
        long span = starts[starts.length - 1] - origin;
        this.shift = shift(span, Math.clamp(starts.length, 2, MAX_BUCKETS));
        this.firsts = firsts((int) (span >>> shift) + 1);
    }

    private static int shift(long span, int buckets) {
        int shift = 0;
        while (Long.compareUnsigned(span >>> shift, buckets) >= 0) {
            shift++;
        }
        return shift;
    }

    private int[] firsts(int buckets) {
        int last = starts.length - 1;
        var found = new int[buckets + 1];
        int at = Math.min(1, last);
        for (int i = 0; i < buckets; i++) {
            while (at < last && starts[at + 1] <= origin + ((long) i << shift)) {
                at++;
            }
            found[i] = at;
        }
        found[buckets] = last;
        return found;
    }

    /** What holds for an address; 0 if nothing is known. */
    int at(long address) {
        long key = address ^ Long.MIN_VALUE;
        if (key < origin) {
            return values[0];
        }
        long bucket = key - origin >>> shift;
        if (Long.compareUnsigned(bucket, firsts.length - 1) >= 0) {
            return values[values.length - 1];
        }
        int at = firsts[(int) bucket];
        int left = firsts[(int) bucket + 1] - at + 1;
        while (left > 1) {
            int half = left >>> 1;
            at = starts[at + half] <= key ? at + half : at; // no branch, for none could be foretold
            left -= half;
        }
        return values[at];
    }

    int size() {
        return starts.length;
    }
}
