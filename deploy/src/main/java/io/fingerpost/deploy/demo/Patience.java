package io.fingerpost.deploy.demo;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for what comes true by itself. */
final class Patience {
    private static final Duration USUAL = Duration.ofSeconds(20);

    private Patience() {}

    /** Whether {@code condition} comes true before our patience ends. */
    static boolean eventually(Callable<Boolean> condition) throws IOException, InterruptedException {
        return within(USUAL, condition);
    }

    /** Whether {@code condition} comes true in time. */
    static boolean within(Duration most, Callable<Boolean> condition) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + most.toNanos();
        try {
            while (!condition.call()) {
                if (System.nanoTime() > deadline) {
                    return false;
                }
                Thread.sleep(20);
            }
            return true;
        } catch (IOException | InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
