package io.fingerpost.broker.origin;

/**
 * How many pieces come from the origin at a time: as few as keep its line full. That is found by trying: with half as many for a while, and
 * with twice as many, and what brings as many bytes with fewer at a time is kept.
 *
 * <p>Pure: it knows the time that it is told. Not thread-safe.
 */
final class TurnWidth {
    /** While one answer ends and the next begins, another fills the line. */
    static final int LEAST = 2;
    static final int MOST = 256;
    static final int FIRST = 4;
    /** What is measured at least, in turns; all that are under way at a time, if these are more. */
    private static final int TURNS = 16;
    /** Fewer at a time are kept if they bring this share at least, and more at a time if they bring this much more. */
    private static final double AS_FAST = 0.95;
    private static final double FASTER = 1.1;
    /** Measurements without a trial after one that brought nothing; twice as many after the next, but no more than the most. */
    private static final int REST = 3;
    private static final int MOST_REST = 24;

    /** What is being tried, if anything is, or will be next. */
    private enum Trial {
        FEWER, MORE
    }

    private int width = FIRST;
    private Trial trial = Trial.FEWER;
    private boolean isTrying;
    private int rest;
    private int nextRest = REST;
    /** What is kept as long as nothing better is found, and the bytes a nanosecond that it brings. */
    private int kept = FIRST;
    private double keptRate;
    /** Turns that began before the width was this: they say nothing of it. */
    private int earlier = FIRST;
    private int turns;
    private long bytes;
    private long since;
    private int mostUnderWay;
    private boolean isAwaited = true;

    /** How many may be under way now; between {@link #LEAST} and {@link #MOST}. */
    int width() {
        return width;
    }

    /**
     * A turn has ended, and brought some bytes.
     *
     * @param now nanoseconds on any clock that only goes forward
     * @param underWay how many were, with this one
     * @param awaited whether somebody waits for this turn's place
     */
    void ended(long brought, long now, int underWay, boolean awaited) {
        if (underWay < LEAST && !awaited) {
            measureAnew(now, 0); // the line falls silent, for want of anybody who asks
            return;
        }
        if (earlier > 0) {
            earlier--;
            since = now;
            return;
        }
        turns++;
        bytes += brought;
        mostUnderWay = Math.max(mostUnderWay, underWay);
        isAwaited &= awaited;
        if (turns >= Math.max(TURNS, width) && now > since) {
            judge((double) bytes / (now - since));
            measureAnew(now, underWay - 1);
        }
    }

    private void measureAnew(long now, int stillUnderWay) {
        turns = 0;
        bytes = 0;
        since = now;
        earlier = Math.max(width, stillUnderWay);
        mostUnderWay = LEAST;
        isAwaited = true;
    }

    private void judge(double rate) {
        if (isTrying && !isBetter(rate)) {
            width = kept;
            isTrying = false;
            rest = nextRest; // and what is kept is measured anew, for the line may have changed
            nextRest = Math.min(MOST_REST, 2 * nextRest);
            turnRound();
            return;
        }
        nextRest = isTrying ? REST : nextRest;
        kept = Math.min(width, mostUnderWay); // what nobody asks for is not there to be kept
        keptRate = isTrying && trial == Trial.FEWER ? Math.max(keptRate, rate) : rate; // or a little would be lost each time
        width = kept;
        isTrying = false;
        if (rest > 0) {
            rest--;
            return;
        }
        if (!isWorthTrying()) {
            turnRound();
        }
        if (isWorthTrying()) {
            width = next();
            isTrying = true;
        }
    }

    private boolean isWorthTrying() {
        return next() != kept && (trial == Trial.FEWER || isAwaited);
    }

    private boolean isBetter(double rate) {
        return trial == Trial.FEWER ? rate >= keptRate * AS_FAST : rate > keptRate * FASTER;
    }

    private void turnRound() {
        trial = trial == Trial.FEWER ? Trial.MORE : Trial.FEWER;
    }

    private int next() {
        return trial == Trial.FEWER ? Math.max(LEAST, kept / 2) : Math.min(MOST, kept * 2);
    }
}
