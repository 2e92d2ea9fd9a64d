package io.fingerpost.broker.routing;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A table of fixed size for the last few places that each of many clients was sent to for one resource. A later client may push an
 * earlier one out.
 *
 * <p>It is made of numbers only, so that it gives the garbage collector nothing to do, and of rows that fit a line of the
 * processor's cache. Safe for use by many threads, and takes no lock: two requests of one client at the same time may leave only
 * one of their notes.
 */
final class Trips {
    /** Most places that are remembered for one client and resource. */
    static final int MAX_PLACES = 7;
    private static final int ROW = 8;
    private static final long RETURNS = 0xff;
    /** When a row was written last; wraps around in three years. */
    private static final long AGE = 0xffff;
    private static final int AGE_SHIFT = 8;
    private static final long TRIP = -1L << 24;
    /** Half of what the times in places tell apart. */
    private static final long AGE_MILLIS = 1_638_400;

    /** For each row the client and resource, the time and the count of returns in one word, and then the places. */
    private final AtomicLongArray words;
    private final int rowBits;

    /** @param rowBits of the number of rows */
    Trips(int rowBits) {
        this.rowBits = rowBits;
        this.words = new AtomicLongArray(ROW << rowBits);
    }

    /** Where a trip is, or would be. */
    int row(long trip) {
        return (int) (trip >>> Long.SIZE - rowBits) * ROW;
    }

    /** Whether a row is that of {@code trip}, and was written less than 55 minutes ago. */
    boolean isThere(int row, long trip, long now) {
        long word = words.get(row);
        return (word & TRIP) == (trip & TRIP) && (now / AGE_MILLIS - (word >>> AGE_SHIFT) & AGE) <= 1;
    }

    int returns(int row) {
        return (int) (words.get(row) & RETURNS);
    }

    /** What is at a place from 0 to {@link #MAX_PLACES} − 1; 0 for nothing. */
    long place(int row, int index) {
        return words.get(row + 1 + index);
    }

    void setPlace(int row, int index, long place) {
        words.setRelease(row + 1 + index, place);
    }

    /** Begins a row anew. */
    void begin(int row, long trip, long place, long now) {
        setReturns(row, trip, 0, now);
        setPlace(row, 0, place);
        for (int i = 1; i < MAX_PLACES && place(row, i) != 0; i++) {
            setPlace(row, i, 0);
        }
    }

    void setReturns(int row, long trip, int returns, long now) {
        long age = now / AGE_MILLIS & AGE;
        words.setRelease(row, trip & TRIP | age << AGE_SHIFT | Math.min(returns, RETURNS));
    }
}
