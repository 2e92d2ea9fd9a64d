package io.fingerpost.registry.swarm;

/** One piece that a member was told to take from a sender. */
record Task(Member to, Sender from, int piece, Flow.Mark mark) {
    /** What a piece is to take while nothing is known, in milliseconds. */
    private static final double UNKNOWN = 1_000;

    /** However slow a sender was, no more than this is hoped for: it may be gone. */
    private static final double MOST = 30_000;

    /** Whether it has been under way for {@code times} what it was to take, and at least for so many milliseconds. */
    boolean isOlderThan(double times, long atLeast, long now) {
        return now - mark.at() > Math.max(atLeast,
                (long) (times * Math.min(MOST, from.flow().expected(mark, UNKNOWN))));
    }
}
