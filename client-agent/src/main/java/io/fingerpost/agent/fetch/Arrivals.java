package io.fingerpost.agent.fetch;

import java.util.concurrent.TimeUnit;

/**
 * When it is worth while to look for more of a body. A slow line brings it a few kilobytes at a time, and each look that finds a few wakes
 * several threads; meanwhile the kernel keeps what comes.
 */
final class Arrivals {
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    private final long begun = System.nanoTime();
    private long arrived;

    void arrived(int bytes) {
        arrived += bytes;
    }

    /** Sleeps for most of the time that so many bytes take at the rate until now; not at all if that is short. */
    void awaitMost(int missing) {
        long nanos = (System.nanoTime() - begun) * missing / Math.max(1, arrived) * 9 / 10;
        if (nanos < SHORTEST_NANOS) {
            return;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(Math.min(nanos, LONGEST_NANOS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // for the read that follows
        }
    }
}
