package io.fingerpost.registry.health;

import java.time.Duration;
import java.time.Instant;

/** So much a second, of which some may be saved up. Not thread-safe. */
final class Allowance {
    private final double perSecond;
    private final double most;
    private double left;
    private Instant at = Instant.EPOCH;

    /** @param most that is saved up */
    Allowance(double perSecond, double most) {
        this.perSecond = perSecond;
        this.most = most;
    }

    /** Takes {@code amount} if it is there. */
    boolean take(double amount, Instant now) {
        double seconds = Math.max(0, Duration.between(at, now).toMillis() / 1e3);
        left = Math.min(most, left + seconds * perSecond);
        at = now;
        boolean enough = left >= amount;
        left -= enough ? amount : 0;
        return enough;
    }
}
