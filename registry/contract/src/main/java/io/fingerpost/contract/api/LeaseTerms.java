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

    /**
     * These terms, stretched so that so many peers do not send more heartbeats than that.
     *
     * @param perSecond most heartbeats a second of all peers together, on average
     */
    public LeaseTerms forPeers(int peers, int perSecond) {
        double stretch = peers * 1e9 / perSecond / heartbeat.toNanos();
        return stretch <= 1 ? this : new LeaseTerms(times(ttl, stretch), times(heartbeat, stretch));
    }

    private static Duration times(Duration duration, double factor) {
        return Duration.ofMillis((long) (duration.toMillis() * factor));
    }
}
