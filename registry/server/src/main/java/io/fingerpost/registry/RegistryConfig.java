package io.fingerpost.registry;

import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.registry.admission.Networks;
import io.fingerpost.registry.enrolment.TokenHash;
import java.net.URI;
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
 * @param store where it is all kept
 * @param hotRepresentations with a Redis: most representations of which holders are kept at hand
 * @param urls where agents find the registry, if it runs by itself; empty if it is in the broker
 */
public record RegistryConfig(List<String> allowPeers, Optional<String> superNodeToken, Duration proofTimeout,
        int maxPeers, int heartbeatsPerSecond, int maxHoldingsPerPeer, Duration ticketTtl,
        ByteSize representationMemory, Duration probeInterval, int probesPerSecond, StoreLocation store,
        int hotRepresentations, List<URI> urls) {
    private static final int MOST_URLS = 16;

    public RegistryConfig {
        allowPeers = List.copyOf(allowPeers);
        Networks.parse(allowPeers); // names one that is none
        superNodeToken = superNodeToken.filter(token -> !token.isEmpty());
        superNodeToken.filter(token -> token.startsWith("sha256:")).ifPresent(TokenHash::parse); // says what is wrong with it
        urls = List.copyOf(urls);
        require(urls.size() <= MOST_URLS, "urls may be " + MOST_URLS + " at most, there are " + urls.size());
        urls.forEach(url -> require(("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                && url.getHost() != null && url.getRawUserInfo() == null && url.getRawQuery() == null
                && url.getRawFragment() == null, "urls must be http://HOST or https://HOST, one was " + url));
        require(hotRepresentations >= 1 && hotRepresentations <= 10_000_000,
                "hot-representations must be 1 to 10000000, was " + hotRepresentations);
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

    /** Where agents find the registry, as the discovery document says it: URLs, or a path at the broker itself. */
    public List<String> places() {
        return urls.isEmpty()
                ? List.of(ApiPaths.EMBEDDED)
                : urls.stream().map(url -> url.toString().replaceFirst("/+$", "") + ApiPaths.EMBEDDED).toList();
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
