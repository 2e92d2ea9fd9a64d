package io.fingerpost.registry;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.registry.admission.Networks;
import io.fingerpost.registry.enrolment.TokenHash;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the registry admits and keeps ({@code registry.*}).
 *
 * @param allowPeers networks (CIDR) whose special-purpose addresses, such as loopback or private ones, peers may have
 * @param superNodeToken who registers with it becomes a super-node; it, or its {@link TokenHash}; empty for none
 * @param proofTimeout how long an endpoint may take to prove itself
 * @param maxPeers most peers at a time
 * @param heartbeatsPerSecond with more, all are told to report less often
 * @param maxHoldingsPerPeer most holdings of one peer
 * @param ticketTtl how long a redirect's ticket opens the peer
 * @param representationMemory about how much memory learned representations may take
 * @param probeInterval about how often each peer is probed, if its peers leave time for that
 * @param probesPerSecond most probes in a second
 * @param store what is kept over a restart
 */
public record RegistryConfig(List<String> allowPeers, Optional<String> superNodeToken, Duration proofTimeout,
        int maxPeers, int heartbeatsPerSecond, int maxHoldingsPerPeer, Duration ticketTtl,
        ByteSize representationMemory, Duration probeInterval, int probesPerSecond, StoreKind store) {

    /** Where peers, holdings and what is known of resources are kept. */
    public enum StoreKind {
        /** In memory, and in files of the data directory. */
        EMBEDDED,
        /** In memory alone: a restart begins with nothing. */
        MEMORY;

        @JsonCreator
        static StoreKind parse(String text) {
            return switch (text) {
                case "embedded" -> EMBEDDED;
                case "memory" -> MEMORY;
                default -> throw new IllegalArgumentException("embedded or memory is wanted");
            };
        }
    }

    public RegistryConfig {
        allowPeers = List.copyOf(allowPeers);
        Networks.parse(allowPeers); // names one that is none
        superNodeToken = superNodeToken.filter(token -> !token.isEmpty());
        superNodeToken.filter(token -> token.startsWith("sha256:")).ifPresent(TokenHash::parse); // says what is wrong with it
        require(proofTimeout.isPositive(), "proof-timeout must be positive, was " + proofTimeout);
        require(maxPeers > 0, "max-peers must be at least 1, was " + maxPeers);
        require(heartbeatsPerSecond > 0, "heartbeats-per-second must be at least 1, was " + heartbeatsPerSecond);
        require(maxHoldingsPerPeer > 0, "max-holdings-per-peer must be at least 1, was " + maxHoldingsPerPeer);
        require(probeInterval.compareTo(Duration.ofSeconds(1)) >= 0
                && probeInterval.compareTo(Duration.ofHours(1)) <= 0,
                "probe-interval must be 1s to 1h, was " + probeInterval);
        require(probesPerSecond >= 1 && probesPerSecond <= 10_000,
                "probes-per-second must be 1 to 10000, was " + probesPerSecond);
        require(ticketTtl.compareTo(Duration.ofSeconds(1)) >= 0, "ticket-ttl must be at least 1s, was " + ticketTtl);
    }

    /** The hash of {@link #superNodeToken}, which may be given as such. */
    public Optional<TokenHash> superNodeTokenHash() {
        return superNodeToken.map(token -> token.startsWith("sha256:") ? TokenHash.parse(token) : TokenHash.of(token));
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
