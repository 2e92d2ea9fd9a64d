package io.fingerpost.registry.upload;

/**
 * How many brokers send clients to the same peers at the moment, and which of them this one is.
 *
 * @param count at least 1
 * @param rank from 0 to {@code count - 1}; all see them in the same order
 */
public record Share(int count, int rank) {
    /** Nobody else does. */
    public static final Share ALL = new Share(1, 0);

    /** What this one may take of so much that is free; together they may take all of it, and no more. What cannot be divided goes round. */
    long of(long free, long turn) {
        return free / count + (Math.floorMod(rank + turn, count) < free % count ? 1 : 0);
    }
}
