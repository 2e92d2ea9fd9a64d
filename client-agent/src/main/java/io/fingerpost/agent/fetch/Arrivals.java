package io.fingerpost.agent.fetch;

import java.util.concurrent.TimeUnit;

/**
 * When it is worth while to look for more of a part of a body. A slow line brings it a few kilobytes at a time, and each look that finds
 * a few wakes several threads; meanwhile the kernel keeps what comes.
 */
final class Arrivals {
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    private final long begun = System.nanoTime();
    private boolean hasSlept;

    /**
     * Sleeps for most of the time that the rest takes at the rate until now, if that is not short. Once: what it sleeps is less than what the line takes
     * anyway, so that a body that hands out little at a time, however much there is, is not held up.
     */
    void awaitMost(int arrived, int missing) {
        long nanos = hasSlept ? 0 : (System.nanoTime() - begun) * missing / Math.max(1, arrived) * 9 / 10;
        if (nanos < SHORTEST_NANOS) {
            return;
        }
        hasSlept = true;
        try {
            TimeUnit.NANOSECONDS.sleep(Math.min(nanos, LONGEST_NANOS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // for the look that follows
        }
    }
}
