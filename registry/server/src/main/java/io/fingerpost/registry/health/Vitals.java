package io.fingerpost.registry.health;

/**
 * Whether a peer answers, with hysteresis: one lost packet does not take it out, and one lucky one does not bring it back.
 *
 * @param down whether it counts as not answering
 * @param contrary how many probes in a row have said the opposite
 */
record Vitals(boolean down, int contrary) {
    static final Vitals WELL = new Vitals(false, 0);
    private static final int FALL = 2;
    private static final int RISE = 2;

    Vitals hit() {
        return down ? turnedAfter(RISE) : WELL;
    }

    Vitals miss() {
        return down ? new Vitals(true, 0) : turnedAfter(FALL);
    }

    private Vitals turnedAfter(int most) {
        return contrary + 1 >= most ? new Vitals(!down, 0) : new Vitals(down, contrary + 1);
    }

    /** Whether the next probe may change the verdict, and so should not wait. */
    boolean isDoubtful() {
        return contrary > 0;
    }
}
