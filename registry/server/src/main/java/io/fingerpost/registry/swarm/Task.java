package io.fingerpost.registry.swarm;

/** One piece that a member was told to take from a sender. */
final class Task {
    /** What a piece is to take while nothing is known: so many milliseconds, or as long as at so many bytes a millisecond. */
    private static final double UNKNOWN = 1_000;
    private static final double UNKNOWN_RATE = 64;

    /** What is to arrive within so many milliseconds is as good as there: it takes about as long to tell somebody of it. */
    private static final long SOON = 40;

    /** However slow a sender was, no more than this is hoped for: it may be gone. */
    private static final double MOST = 30_000;

    private final Member to;
    private final Sender from;
    private final int piece;
    /** Bytes that its member was to have got with it. */
    private final long awaited;
    private Flow.Mark mark;
    private boolean isEarly;
    private boolean isTold = true;
    private long toldAt;

    Task(Member to, Sender from, int piece, Flow.Mark mark) {
        this.to = to;
        this.from = from;
        this.piece = piece;
        this.awaited = to.sender().awaited() + mark.bytes();
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

    /** Whether it has not ended yet. */
    boolean isPending() {
        return to.pending(piece).contains(this);
    }

    /** Whether its sender had next to nothing to send before it: its line waits for this one. */
    boolean isNext() {
        return mark.ahead() < 2 * mark.bytes();
    }

    /** Its sender is to get the piece first. */
    void early() {
        isEarly = true;
    }

    boolean isEarly() {
        return isEarly;
    }

    /** Its sender has got the piece, if it was early: the line has it from now on. */
    void ready(long now) {
        if (isEarly) {
            isEarly = false;
            from.flow().withdrawn(mark);
            mark = from.flow().begin(mark.bytes(), Math.max(mark.at(), now - SOON)); // it was there before it was known
        }
    }

    /** Whether the piece will be there in a moment, as far as can be told. */
    boolean isSoon(long now) {
        return isTold && !isEarly && !isLate(now)
                && now > mark.at() + expected() - SOON;
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
        return isTold && !isEarly && now - Math.max(toldAt, from.lastHeard()) > patience(3, 1_000);
    }

    /** The member was told long ago, and has not said anything since; its line may be slow, and has more to carry. */
    boolean missesReceiver(long now) {
        long arrival = (long) Math.min(to.sender().awaited() / UNKNOWN_RATE, to.sender().arrival(awaited));
        return isTold && !isEarly
                && now - Math.max(toldAt, to.sender().lastHeard()) > Math.max(patience(3, 1_000), arrival);
    }

    /** So many times what it was to take, and at least so many milliseconds. */
    private long patience(double times, long least) {
        return Math.max(least, (long) (times * Math.min(MOST, expected())));
    }

    private double expected() {
        return from.flow().expected(mark, Math.max(UNKNOWN, mark.bytes() / UNKNOWN_RATE));
    }
}
