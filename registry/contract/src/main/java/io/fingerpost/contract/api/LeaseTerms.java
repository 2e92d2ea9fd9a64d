package io.fingerpost.contract.api;

import java.time.Duration;

/**
 * How long a peer counts as live, and how often it has to say that it is.
 *
 * @param ttl a peer that was not heard for so long is gone
 * @param heartbeat how often a peer reports; shorter than the ttl
 */
public record LeaseTerms(Duration ttl, Duration heartbeat) {
    public LeaseTerms {
        if (!heartbeat.isPositive() || heartbeat.compareTo(ttl) >= 0) {
            throw new IllegalArgumentException(
                    "heartbeat must be positive and shorter than ttl, was " + heartbeat + " of " + ttl);
        }
    }
}
