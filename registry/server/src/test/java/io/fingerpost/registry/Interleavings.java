package io.fingerpost.registry;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * Runs a class's operations in parallel and looks whether each answered as if they had run one after the other: on real threads
 * many times, and then interleaved step by step. {@code -Dlincheck.times=20} looks that much longer.
 */
public final class Interleavings {
    private static final int TIMES = Integer.getInteger("lincheck.times", 1);

    private Interleavings() {}

    public static void check(Class<?> operations) {
        stress(operations);
        new ModelCheckingOptions().iterations(8 * TIMES).threads(2).actorsPerThread(2).actorsBefore(2).actorsAfter(1)
                .invocationsPerIteration(250).check(operations);
    }

    /** Only on real threads: for what differs from run to run, so that no interleaving of it can be chosen. */
    public static void stress(Class<?> operations) {
        new StressOptions().iterations(6 * TIMES).threads(3).actorsPerThread(3).actorsBefore(2).actorsAfter(1)
                .invocationsPerIteration(250).check(operations);
    }
}
