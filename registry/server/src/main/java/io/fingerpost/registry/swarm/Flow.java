package io.fingerpost.registry.swarm;

import io.fingerpost.contract.PieceLayout;

/**
 * How much a sender should have under way at a time: enough that its line never falls silent while news of it are on their way, and
 * no more than that, for what waits in one sender's line cannot be given to another. That is a few pieces, or as many as arrive within a moment
 * (as LEDBAT has it, RFC 6817: a window that grows until what it holds takes a certain time). Guarded by itself; times are milliseconds.
 */
final class Flow {
    /** How much the window changes with each arrival, as a part of what arrived. */
    private static final double STEP = 0.25;
    /** How far a new measurement moves what is believed, against the direction in which it is believed at once. */
    private static final double RATE_DECAY = 1.0 / 32;
    /** A latency is forgotten after so many milliseconds at least, and twice as many at most. */
    private static final long LATENCY_WINDOW = 10_000;
    /** What takes longer was held up, which says nothing of the next. */
    private static final double LONGEST_LATENCY = 2_000;
    /** However little comes, a line that was measured once is not believed to be slower: what it does not send must be missed in the end. */
    private static final double LEAST_RATE = 64;

    private final double leastPieces;
    private final long moment;
    /** Bytes that may be under way, if that is more than the least number of pieces. */
    private double window;
    private long underWay;
    private long delivered;
    /** Bytes a millisecond; 0 if nothing has arrived yet. */
    private double rate;
    /** The least latency in this window of time, and in the one before. */
    private double latency = Double.MAX_VALUE;
    private double latencyBefore = Double.MAX_VALUE;
    private long windowEnd;
    private long lastLoss = Long.MIN_VALUE;

    /**
     * @param leastPieces how many may be under way however long they take
     * @param moment within which all that is under way should arrive, if it is more than that
     */
    Flow(double leastPieces, long moment) {
        this.leastPieces = leastPieces;
        this.moment = moment;
        this.window = leastPieces * PieceLayout.MIN_PIECE;
    }

    /** What has to be known of bytes that are under way when they arrive. */
    record Mark(long bytes, long at, long delivered, long ahead) {}

    /** Whether a piece of {@code bytes} more should be under way. */
    synchronized boolean hasRoom(long bytes) {
        return underWay < (long) window(bytes);
    }

    private double window(long bytes) {
        return Math.max(leastPieces * bytes, window);
    }

    synchronized Mark begin(long bytes, long now) {
        var mark = new Mark(bytes, now, delivered, underWay);
        underWay += bytes;
        return mark;
    }

    synchronized void arrived(Mark mark, long now) {
        double took = Math.max(1, now - mark.at);
        underWay -= mark.bytes;
        delivered += mark.bytes;
        double measured = (delivered - mark.delivered) / took;
        if (took > moment) {
            window = Math.min(window - STEP * mark.bytes, measured * moment);
        } else if (underWay + 2 * mark.bytes > window(mark.bytes)) { // who is given little arrives soon, which shows nothing
            window = window(mark.bytes) + STEP * mark.bytes;
        }
        rate = measured > rate ? measured : rate + (measured - rate) * RATE_DECAY;
        double alone = Math.clamp(took - mark.ahead / rate, 1, LONGEST_LATENCY); // what it would have taken with nothing before it
        if (now >= windowEnd) {
            latencyBefore = windowEnd == 0 ? alone : latency;
            latency = alone;
            windowEnd = now + LATENCY_WINDOW;
        }
        latency = Math.min(latency, alone);
    }

    private double latency() {
        return Math.min(latency, latencyBefore);
    }

    /** They are not wanted any more, which says nothing of the line. */
    synchronized void withdrawn(Mark mark) {
        underWay -= mark.bytes;
    }

    /** They will not come. What was under way together counts as one loss. */
    synchronized void lost(Mark mark, long now) {
        underWay -= mark.bytes;
        if (mark.at >= lastLoss) {
            window /= 2;
            rate = Math.min(rate, Math.max(LEAST_RATE, rate / 2));
            lastLoss = now;
        }
    }

    /** How long bytes that begin now will take, in milliseconds; {@code otherwise} if nothing is known yet. */
    synchronized double expected(Mark mark, double otherwise) {
        return rate == 0 ? otherwise : latency() + (mark.ahead + mark.bytes) / Math.max(LEAST_RATE, rate);
    }

    synchronized long underWay() {
        return underWay;
    }
}
