package io.fingerpost.registry.health;

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
}
