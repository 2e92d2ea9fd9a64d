package io.fingerpost.registry.upload;

/**
 * A sum of which half is forgotten every {@link #HALF_LIFE_MILLIS}, with the time at which it was that, in one word, so that it
 * can be changed in one step: the sum as a float in the upper half, the time in ticks of 125 ms in the lower. These wrap around in 17
 * years: only a sum that nothing was added to for more than half of that would be taken for one of just now. Between the
 * halvings it falls in a straight line, which is cheaper than the exponential and never more than 6 % above it.
 */
final class Decay {
    static final int HALF_LIFE_MILLIS = 20_000;
    private static final int TICK_MILLIS = 125;

    private Decay() {}

    /** What is left at {@code now}, in milliseconds of any clock. */
    static double at(long state, long now) {
        float sum = Float.intBitsToFloat((int) (state >>> 32));
        long age = (long) ((int) (now / TICK_MILLIS) - (int) state) * TICK_MILLIS;
        if (sum == 0 || age <= 0) {
            return sum;
        }
        long halvings = age / HALF_LIFE_MILLIS;
        double left = 1 - (age - halvings * HALF_LIFE_MILLIS) / (2.0 * HALF_LIFE_MILLIS);
        return halvings > 60 ? 0 : sum * left / (1L << halvings);
    }

    /** The state after {@code amount} was added. */
    static long plus(long state, double amount, long now) {
        double sum = at(state, now) + amount;
        return (long) Float.floatToRawIntBits((float) sum) << 32 | now / TICK_MILLIS & 0xffff_ffffL;
    }
}
