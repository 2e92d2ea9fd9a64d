package io.fingerpost.registry;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/**
 * Runs a class's operations in parallel and looks whether each answered as if they had run one after the other: on real threads
 * many times, and then interleaved step by step. {@code -Dlincheck.times=20} looks that much longer.
 */
public final class Interleavings {
    private static final int TIMES = Integer.getInteger("lincheck.times", 1);

    /** Loops of so many steps are not yet taken for threads that wait for each other: a look into a table may be that long. */
    private static final int LONG_LOOP = 100;

    private Interleavings() {}

    /** On real threads, and step by step. */
    public static void check(Class<?> operations) {
        stress(operations, 2);
        new ModelCheckingOptions().iterations(12 * TIMES).threads(2).actorsPerThread(2).actorsBefore(2).actorsAfter(1)
                .loopIterationsBeforeThreadSwitch(LONG_LOOP).loopBound(10 * LONG_LOOP).invocationsPerIteration(100)
                .check(operations);
    }

    /** Only on real threads: for what differs from run to run, so that no interleaving of it can be chosen. */
    public static void stress(Class<?> operations) {
        stress(operations, 20);
    }

    private static void stress(Class<?> operations, int scenarios) {
        new StressOptions().iterations(scenarios * TIMES).threads(3).actorsPerThread(3).actorsBefore(2).actorsAfter(1)
                .invocationsPerIteration(100).check(operations);
    }
}
