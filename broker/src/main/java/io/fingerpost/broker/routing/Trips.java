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
    private static final int RETURNS = 0xff;

    /** For each row the client and resource with the count of returns in its last bits, and then the places. */
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

    boolean isThere(int row, long trip) {
        return (words.get(row) & ~RETURNS) == (trip & ~RETURNS);
    }

    int returns(int row) {
        return (int) words.get(row) & RETURNS;
    }

    /** What is at a place from 0 to {@link #MAX_PLACES} − 1; 0 for nothing. */
    long place(int row, int index) {
        return words.get(row + 1 + index);
    }

    void setPlace(int row, int index, long place) {
        words.setRelease(row + 1 + index, place);
    }

    /** Begins a row anew. */
    void begin(int row, long trip, long place) {
        words.setRelease(row, trip & ~RETURNS);
        setPlace(row, 0, place);
        for (int i = 1; i < MAX_PLACES && place(row, i) != 0; i++) {
            setPlace(row, i, 0);
        }
    }

    void setReturns(int row, long trip, int returns) {
        words.setRelease(row, trip & ~RETURNS | Math.min(returns, RETURNS));
    }
}
