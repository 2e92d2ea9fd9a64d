package io.fingerpost.registry.health;

import java.time.Duration;
import java.time.Instant;

/**
 * What is held against a peer; it outlives its lease and a restart.
 *
 * @param strikes how much it has failed, as of {@code at}; 0 or more, and less with time
 * @param at when the strikes were last counted
 * @param quarantines how often it has been in quarantine: each is longer than the one before
 * @param quarantinedUntil the first instant at which it may be tried again; in the past if it is in no quarantine
 */
public record Standing(double strikes, Instant at, int quarantines, Instant quarantinedUntil) {
    /** Nothing is. */
    public static final Standing CLEAN = new Standing(0, Instant.EPOCH, 0, Instant.EPOCH);

    /** In this time a strike counts for half. */
    static final Duration HALF_LIFE = Duration.ofMinutes(30);
    /** With more than so many strikes a peer goes into quarantine: at the third in short succession. */
    static final double MOST_STRIKES = 2.5;
    static final Duration SHORTEST_QUARANTINE = Duration.ofMinutes(1);
    static final Duration LONGEST_QUARANTINE = Duration.ofHours(24);
    /** So long after its last quarantine a peer starts anew. */
    static final Duration PROBATION = Duration.ofDays(7);
    /** What is so old counts no more, whatever it was. */
    public static final Duration LONGEST_MEMORY = LONGEST_QUARANTINE.plus(PROBATION);
    private static final double NOTHING = 0.05;
    /** 2 to this power of minutes is more than the longest quarantine. */
    private static final int MOST_DOUBLINGS = 11;

    /** With one more strike; the last one too many is a quarantine. */
    Standing struck(Instant now) {
        double more = strikesAt(now) + 1;
        return more > MOST_STRIKES ? quarantined(now) : new Standing(more, now, quarantines, quarantinedUntil);
    }

    /** In quarantine from now on, twice as long as the last time. */
    Standing quarantined(Instant now) {
        int before = isForgiven(now) ? 0 : quarantines;
        var doubled = SHORTEST_QUARANTINE.multipliedBy(1L << Math.min(before, MOST_DOUBLINGS));
        var time = doubled.compareTo(LONGEST_QUARANTINE) < 0 ? doubled : LONGEST_QUARANTINE;
        return new Standing(0, now, before + 1, now.plus(time));
    }

    /** What is left of the strikes. */
    double strikesAt(Instant now) {
        double age = Math.max(0, Duration.between(at, now).toMillis());
        return strikes * Math.pow(0.5, age / HALF_LIFE.toMillis());
    }

    /** Whether it may not even be tried yet. */
    boolean isQuarantined(Instant now) {
        return now.isBefore(quarantinedUntil);
    }

    private boolean isForgiven(Instant now) {
        return !now.isBefore(quarantinedUntil.plus(PROBATION));
    }

    /** Whether nothing is held against the peer any more. */
    boolean isClean(Instant now) {
        return strikesAt(now) < NOTHING && isForgiven(now);
    }

    /** The worse of two in each respect: what is known of the key and what is known of the place. */
    Standing worse(Standing other, Instant now) {
        boolean own = quarantines >= other.quarantines;
        var until = quarantinedUntil.isAfter(other.quarantinedUntil) ? quarantinedUntil : other.quarantinedUntil;
        return new Standing(Math.max(strikesAt(now), other.strikesAt(now)), now,
                own ? quarantines : other.quarantines, until);
    }
}
