package io.fingerpost.agent;

import io.fingerpost.agent.serve.MachineState;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.config.BadKey;
import io.fingerpost.contract.config.BitRate;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.contract.config.HostPort;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The agent's configuration; `agent-defaults.yaml` tells what each key means. */
public record AgentConfig(URI broker, HostPort listen, List<PeerEndpoint> advertise, HostPort gateway, Path data,
        List<String> proxyFor, Optional<URI> origin, Optional<String> token, Store store, Serve serve, Fetch fetch) {
    public AgentConfig {
        requireSite("broker", broker);
        origin.ifPresent(site -> requireSite("origin", site));
        require(Set.copyOf(advertise).size() == advertise.size() && advertise.size() <= Registration.MAX_ENDPOINTS,
                "advertise takes up to " + Registration.MAX_ENDPOINTS + " different URLs, was " + advertise);
        for (String host : proxyFor) {
            require(host.matches("[A-Za-z0-9.-]+(:\\d{1,5})?"),
                    "proxy-for takes hosts such as cdn.example or cdn.example:8080, was '" + host + "'");
        }
        proxyFor = proxyFor.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
        String text = data.toString();
        data = text.startsWith("~/") ? Path.of(System.getProperty("user.home"), text.substring(2)) : data;
        token = token.filter(value -> !value.isEmpty());
    }

    /** What is kept ({@code store.*}). */
    public record Store(ByteSize maxSize) {}

    /** How others are served ({@code serve.*}). */
    public record Serve(BitRate rate, int slots, ByteSize monthlyQuota, boolean lanExempt,
            Set<MachineState.Reason> pauseOn, Duration idleTimeout,
            Duration drainTimeout) {
        public Serve {
            if (slots < 0 || slots > UploadBudget.MAX_SLOTS) {
                throw new BadKey("slots", "0 to " + UploadBudget.MAX_SLOTS + " are wanted");
            }
            if (monthlyQuota.bytes() > UploadBudget.MAX_BYTES) {
                throw new BadKey("monthly-quota", "at most 8192TiB are wanted, or 0 for no limit");
            }
            require(!drainTimeout.isNegative(), "drain-timeout must not be negative, was " + drainTimeout);
            require(idleTimeout.isPositive(), "idle-timeout must be positive, was " + idleTimeout);
        }

        /** What the registry is told. */
        public UploadBudget budget() {
            return new UploadBudget(rate.bitsPerSecond(), slots, monthlyQuota.bytes());
        }
    }

    /** When a source is given up ({@code fetch.*}). */
    public record Fetch(Duration connectTimeout, Duration answerTimeout, Duration stallTimeout, ByteSize minRate) {
        public Fetch {
            require(connectTimeout.isPositive(), "connect-timeout must be positive, was " + connectTimeout);
            require(answerTimeout.isPositive(), "answer-timeout must be positive, was " + answerTimeout);
            require(stallTimeout.isPositive(), "stall-timeout must be positive, was " + stallTimeout);
        }

        /** Fewest bytes that a peer has to send in one stall timeout. */
        public long minBytesPerWindow() {
            return Math.max(1, minRate.bytes() * stallTimeout.toMillis() / 1000);
        }
    }

    private static void requireSite(String key, URI site) {
        boolean web = "http".equals(site.getScheme()) || "https".equals(site.getScheme());
        require(web && site.getHost() != null && site.getRawUserInfo() == null && site.getRawQuery() == null
                && site.getRawPath().matches("/?"),
                key + " must be http://HOST[:PORT] or https://HOST[:PORT], was " + site);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
