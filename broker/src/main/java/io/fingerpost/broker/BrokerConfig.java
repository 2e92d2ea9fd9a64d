package io.fingerpost.broker;

import io.fingerpost.broker.collapse.SpoolConfig;
import io.fingerpost.broker.edge.ForwardedField;
import io.fingerpost.broker.routing.SharingConfig;
import io.fingerpost.broker.tls.TlsConfig;
import io.fingerpost.contract.api.LeaseTerms;
import io.fingerpost.contract.config.HostPort;
import io.fingerpost.contract.config.OptionalHostPort;
import io.fingerpost.registry.RegistryConfig;
import io.fingerpost.registry.admission.Networks;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.annotation.JsonDeserialize;

/** The broker's configuration; `broker-defaults.yaml` tells what each key means. */
public record BrokerConfig(Path data, Edge edge, Admin admin, Origin origin, SpoolConfig spool, SharingConfig sharing,
        LeaseTerms lease, RegistryConfig registry) {
    public BrokerConfig {
        String text = data.toString();
        data = text.startsWith("~/") ? Path.of(System.getProperty("user.home"), text.substring(2)) : data;
    }

    /** Where clients come in ({@code edge.*}). */
    public record Edge(@JsonDeserialize(using = OptionalHostPort.class) Optional<HostPort> listen, TlsConfig tls,
            List<String> trustedProxies,
            ForwardedField forwardedField, Duration idleTimeout, Duration drainTimeout) {
        public Edge {
            trustedProxies = List.copyOf(trustedProxies);
            require(listen.isPresent() || tls.listen().isPresent(), "listen and tls.listen are both empty");
            try {
                Networks.parse(trustedProxies);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("trusted-proxies: " + e.getMessage()); // the innermost is shown
            }
            require(idleTimeout.isPositive() && idleTimeout.compareTo(Duration.ofDays(1)) <= 0,
                    "idle-timeout must be positive and at most 1d, was " + idleTimeout);
            require(!drainTimeout.isNegative(), "drain-timeout must not be negative, was " + drainTimeout);
        }
    }

    /** Where operators look ({@code admin.*}). */
    public record Admin(HostPort listen) {}

    /** Where the bytes come from ({@code origin.*}). */
    public record Origin(URI url, int maxConnections, Duration answerTimeout) {
        public Origin {
            boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            require(web && url.getHost() != null && url.getRawUserInfo() == null && url.getRawQuery() == null
                    && url.getRawFragment() == null,
                    "url must be http://HOST or https://HOST, with an optional path, was " + url);
            require(maxConnections > 0, "max-connections must be at least 1, was " + maxConnections);
            require(answerTimeout.isPositive(), "answer-timeout must be positive, was " + answerTimeout);
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
