package io.fingerpost.registry.swarm;

/** One piece that a member was told to take from a sender. */
record Task(Member to, Sender from, int piece, Flow.Mark mark) {
    /** What a piece is to take while nothing is known: so many milliseconds, or as long as at so many bytes a millisecond. */
    private static final double UNKNOWN = 1_000;
    private static final double UNKNOWN_RATE = 64;

    /** However slow a sender was, no more than this is hoped for: it may be gone. */
    private static final double MOST = 30_000;

    /** Somebody else may send the piece too. */
    boolean isLate(long now) {
        return now - mark.at() > patience(3, 400);
    }

    /** The piece is not awaited any more. */
    boolean isLost(long now) {
        return now - mark.at() > patience(8, 3_000);
    }

    /** Of one end nothing has been heard for so long that it must be gone, unless the other is. */
    boolean isMissedBy(Sender end, long now) {
        return now - Math.max(mark.at(), end.lastHeard()) > patience(3, 1_000);
    }

    /** So many times what it was to take, and at least so many milliseconds. */
    private long patience(double times, long least) {
        double unknown = Math.max(UNKNOWN, mark.bytes() / UNKNOWN_RATE);
        return Math.max(least, (long) (times * Math.min(MOST, from.flow().expected(mark, unknown))));
    }
}
