package io.fingerpost.registry.swarm;

/** One piece that a member was told to take from a sender. */
final class Task {
    /** What a piece is to take while nothing is known: so many milliseconds, or as long as at so many bytes a millisecond. */
    private static final double UNKNOWN = 1_000;
    private static final double UNKNOWN_RATE = 64;

    /** However slow a sender was, no more than this is hoped for: it may be gone. */
    private static final double MOST = 30_000;

    private final Member to;
    private final Sender from;
    private final int piece;
    private final Flow.Mark mark;
    private boolean isTold = true;
    private long toldAt;

    Task(Member to, Sender from, int piece, Flow.Mark mark) {
        this.to = to;
        this.from = from;
        this.piece = piece;
        this.mark = mark;
        this.toldAt = mark.at();
    }

    Member to() {
        return to;
    }

    Sender from() {
        return from;
    }

    int piece() {
        return piece;
    }

    Flow.Mark mark() {
        return mark;
    }

    /** Whether its sender had next to nothing to send before it: its line waits for this one. */
    boolean isNext() {
        return mark.ahead() < 2 * mark.bytes();
    }

    /** The member does not know of it yet. */
    void hold() {
        isTold = false;
    }

    void told(long now) {
        isTold = true;
        toldAt = now;
    }

    /** Somebody else may send the piece too. */
    boolean isLate(long now) {
        return now - mark.at() > patience(3, 400);
    }

    /** The piece is not awaited any more. */
    boolean isLost(long now) {
        return now - mark.at() > patience(8, 3_000);
    }

    /** The member was told long ago, and nothing has been heard of the sender since. */
    boolean missesSender(long now) {
        return isTold && now - Math.max(toldAt, from.lastHeard()) > patience(3, 1_000);
    }

    /** The member was told long ago, and has not said anything since; its line may be slow, and has more to carry. */
    boolean missesReceiver(long now) {
        long arrival = (long) to.sender().arrival(UNKNOWN_RATE);
        return isTold && now - Math.max(toldAt, to.sender().lastHeard()) > Math.max(patience(3, 1_000), arrival);
    }

    /** So many times what it was to take, and at least so many milliseconds. */
    private long patience(double times, long least) {
        double unknown = Math.max(UNKNOWN, mark.bytes() / UNKNOWN_RATE);
        return Math.max(least, (long) (times * Math.min(MOST, from.flow().expected(mark, unknown))));
    }
}
