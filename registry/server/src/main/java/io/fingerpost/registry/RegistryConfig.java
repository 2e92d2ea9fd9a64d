package io.fingerpost.registry;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.registry.admission.Networks;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the registry admits and keeps ({@code registry.*}).
 *
 * @param allowPeers networks (CIDR) whose special-purpose addresses, such as loopback or private ones, peers may have
 * @param superNodeToken who registers with it becomes a super-node; empty for none
 * @param proofTimeout how long an endpoint may take to prove itself
 * @param maxPeers most peers at a time
 * @param maxHoldingsPerPeer most holdings of one peer
 * @param ticketTtl how long a redirect's ticket opens the peer
 * @param representationMemory about how much memory learned representations may take
 * @param store what is kept over a restart
 */
public record RegistryConfig(List<String> allowPeers, Optional<String> superNodeToken, Duration proofTimeout,
        int maxPeers,
        int maxHoldingsPerPeer, Duration ticketTtl, ByteSize representationMemory, StoreKind store) {

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
        require(proofTimeout.isPositive(), "proof-timeout must be positive, was " + proofTimeout);
        require(maxPeers > 0, "max-peers must be at least 1, was " + maxPeers);
        require(maxHoldingsPerPeer > 0, "max-holdings-per-peer must be at least 1, was " + maxHoldingsPerPeer);
        require(ticketTtl.compareTo(Duration.ofSeconds(1)) >= 0, "ticket-ttl must be at least 1s, was " + ticketTtl);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
