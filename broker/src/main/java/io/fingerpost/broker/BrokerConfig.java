package io.fingerpost.broker;

import io.fingerpost.broker.collapse.SpoolConfig;
import io.fingerpost.broker.provenance.ForwardedField;
import io.fingerpost.broker.rules.SharingConfig;
import io.fingerpost.broker.rules.Sites;
import io.fingerpost.broker.tls.TlsConfig;
import io.fingerpost.contract.api.LeaseTerms;
import io.fingerpost.contract.config.BitRate;
import io.fingerpost.contract.config.HostPort;
import io.fingerpost.contract.config.OptionalHostPort;
import io.fingerpost.registry.RegistryConfig;
import io.fingerpost.registry.admission.Networks;
import io.fingerpost.registry.enrolment.EnrolmentConfig;
import io.fingerpost.registry.locality.LocalityConfig;
import io.fingerpost.registry.swarm.SwarmConfig;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.annotation.JsonDeserialize;

/** The broker's configuration; `broker-defaults.yaml` tells what each key means. */
public record BrokerConfig(Path data, Edge edge, Admin admin, Origin origin, SpoolConfig spool, SharingConfig sharing,
        Choice choice, LocalityConfig locality, LeaseTerms lease, RegistryConfig registry,
        SwarmConfig swarm, EnrolmentConfig enrolment) {
    public BrokerConfig {
        String text = data.toString();
        data = text.startsWith("~/") ? Path.of(System.getProperty("user.home"), text.substring(2)) : data;
        sharing.requireFits(edge.sites(), origin.publicUrl().isPresent());
    }

    /**
     * Where clients come in ({@code edge.*}).
     *
     * @param sites names of the sites that share this broker; none if there is only one
     * @param trustedProxies networks of proxies that are believed on whom they speak for
     * @param retryWindow a client that comes back within it was failed by the peer that it was sent to; 0 for never
     */
    public record Edge(@JsonDeserialize(using = OptionalHostPort.class) Optional<HostPort> listen, TlsConfig tls,
            Sites sites, List<String> trustedProxies, ForwardedField forwardedField, Duration headTimeout,
            Duration bodyTimeout,
            Duration idleTimeout, Duration drainTimeout, Duration retryWindow) {
        public Edge {
            trustedProxies = List.copyOf(trustedProxies);
            require(listen.isPresent() || tls.listen().isPresent(), "listen and tls.listen are both empty");
            try {
                Networks.parse(trustedProxies);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("trusted-proxies: " + e.getMessage()); // the innermost is shown
            }
            require(!retryWindow.isNegative() && retryWindow.compareTo(Duration.ofMinutes(5)) <= 0,
                    "retry-window must be 0s to 5m, was " + retryWindow);
            require(headTimeout.isPositive() && headTimeout.compareTo(Duration.ofHours(1)) <= 0,
                    "head-timeout must be positive and at most 1h, was " + headTimeout);
            require(bodyTimeout.isPositive() && bodyTimeout.compareTo(Duration.ofHours(1)) <= 0,
                    "body-timeout must be positive and at most 1h, was " + bodyTimeout);
            require(idleTimeout.isPositive() && idleTimeout.compareTo(Duration.ofDays(1)) <= 0,
                    "idle-timeout must be positive and at most 1d, was " + idleTimeout);
            require(!drainTimeout.isNegative(), "drain-timeout must not be negative, was " + drainTimeout);
        }
    }

    /**
     * How peers are chosen ({@code choice.*}).
     *
     * @param networkShare percent of what a network asks for that one peer may see at most, if the operator does not vouch for it
     * @param maxRate that a peer is believed to have, if the operator does not vouch for it
     */
    public record Choice(int networkShare, BitRate maxRate) {
        public Choice {
            require(networkShare >= 1 && networkShare <= 100, "network-share must be 1 to 100, was " + networkShare);
        }
    }

    /**
     * Where operators look ({@code admin.*}).
     *
     * @param debugToken requests at the edge that bear it are told why they are decided as they are
     */
    public record Admin(HostPort listen, Optional<String> debugToken) {
        private static final int SHORTEST_TOKEN = 16;
        private static final int LONGEST_TOKEN = 256;

        public Admin {
            debugToken = debugToken.filter(token -> !token.isEmpty());
            debugToken.ifPresent(token -> require( // never shown
                    token.length() >= SHORTEST_TOKEN && token.length() <= LONGEST_TOKEN
                            && token.chars().allMatch(c -> c > ' ' && c < 0x7f),
                    "debug-token must have " + SHORTEST_TOKEN + " to " + LONGEST_TOKEN
                            + " characters of visible ASCII, this one has " + token.length()));
        }

        @Override
        public String toString() {
            return "Admin[listen=" + listen + "]";
        }
    }

    /**
     * Where the bytes come from ({@code origin.*}).
     *
     * @param publicUrl where clients themselves reach it, if they may be sent there
     */
    public record Origin(URI url, Optional<URI> publicUrl, int maxConnections, Duration answerTimeout) {
        public Origin {
            requireWeb("url", url);
            publicUrl = publicUrl.filter(given -> !given.toString().isEmpty());
            publicUrl.ifPresent(given -> requireWeb("public-url", given));
            require(maxConnections > 0, "max-connections must be at least 1, was " + maxConnections);
            require(answerTimeout.isPositive(), "answer-timeout must be positive, was " + answerTimeout);
        }
    }

    private static void requireWeb(String key, URI url) {
        boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        require(web && url.getHost() != null && url.getRawUserInfo() == null && url.getRawQuery() == null
                && url.getRawFragment() == null,
                key + " must be http://HOST or https://HOST, with an optional path, was " + url);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
