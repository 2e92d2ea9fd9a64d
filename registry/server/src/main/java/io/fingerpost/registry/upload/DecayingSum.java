package io.fingerpost.registry.upload;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A sum of which a share is forgotten as time passes: after {@link #MEMORY_MILLIS}, 63 % of it. Takes no lock. */
final class DecayingSum {
    static final int MEMORY_MILLIS = 30_000;

    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(DecayingSum.class, "state", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The sum as a float in the upper half, when it was that in the lower, in milliseconds that wrap around. */
    @SuppressWarnings("UnusedVariable") // by the handle
    private volatile long state;

    /** What is left at {@code now}, in milliseconds of any clock. */
    double at(long now) {
        return decayed(state, now);
    }

    void add(double amount, long now) {
        long before;
        long after;
        do {
            before = state;
            after = pack(decayed(before, now) + amount, now);
        } while (!STATE.compareAndSet(this, before, after));
    }

    private static double decayed(long state, long now) {
        float sum = Float.intBitsToFloat((int) (state >>> 32));
        if (sum == 0) {
            return 0;
        }
        int age = (int) now - (int) state;
        return age <= 0 ? sum : sum * Math.exp(-(double) age / MEMORY_MILLIS);
    }

    private static long pack(double sum, long now) {
        return (long) Float.floatToRawIntBits((float) sum) << 32 | now & 0xffff_ffffL;
    }
}
