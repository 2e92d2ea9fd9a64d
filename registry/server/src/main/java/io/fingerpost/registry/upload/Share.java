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

    /**
     * What this one may take in a turn of so much that is free; together they may take all of it, and no more. What cannot be divided goes
     * round: in every other turn somebody else may have it, and in those between nobody, until all have heard whether it was taken.
     */
    long of(long free, long turn) {
        boolean isMine = turn % 2 == 0 && Math.floorMod(rank + turn / 2, count) < free % count;
        return free / count + (isMine ? 1 : 0);
    }

    /** What the others may take in the same turn. */
    long ofOthers(long free, long turn) {
        return turn % 2 == 0 ? free - of(free, turn) : free / count * (count - 1);
    }
}
