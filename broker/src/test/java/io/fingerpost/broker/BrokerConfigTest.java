package io.fingerpost.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fingerpost.broker.collapse.SpoolConfig;
import io.fingerpost.broker.provenance.ForwardedField;
import io.fingerpost.broker.rules.SharingConfig;
import io.fingerpost.broker.rules.Sites;
import io.fingerpost.broker.rules.TestTerms;
import io.fingerpost.broker.tls.TlsConfig;
import io.fingerpost.contract.api.LeaseTerms;
import io.fingerpost.contract.config.BitRate;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.contract.config.HostPort;
import io.fingerpost.registry.RegistryConfig;
import io.fingerpost.registry.StoreLocation;
import io.fingerpost.registry.enrolment.EnrolmentConfig;
import io.fingerpost.registry.locality.LocalityConfig;
import io.fingerpost.registry.swarm.SwarmConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class BrokerConfigTest {
    /** For every key a value that is not its default. */
    private static final Map<String, String> OTHER_VALUES = Map.ofEntries(
            Map.entry("data", "/var/lib/fingerpost"),
            Map.entry("edge.listen", "[::1]:8081"),
            Map.entry("edge.sites", "a.example, b.example"),
            Map.entry("edge.retry-window", "0s"),
            Map.entry("origin.public-url", "https://cdn.example"),
            Map.entry("sharing.share", "no"),
            Map.entry("sharing.fresh-for", "1h"),
            Map.entry("sharing.ignore-cookies", "_ga, _gid*"),
            Map.entry("sharing.ignore-fields", "x-unity-version"),
            Map.entry("sharing.count-query", "v"),
            Map.entry("sharing.on-miss", "redirect"),
            Map.entry("sharing.metalink", "answer"),
            Map.entry("sharing.encoded-slashes", "true"),
            Map.entry("edge.tls.listen", "[::]:8443"),
            Map.entry("edge.tls.certificate", "/etc/tls/tls.crt"),
            Map.entry("edge.tls.key", "/etc/tls/tls.key"),
            Map.entry("edge.trusted-proxies", "10.0.0.0/8, fd00::/8"),
            Map.entry("edge.forwarded-field", "forwarded"),
            Map.entry("edge.head-timeout", "11s"),
            Map.entry("edge.body-timeout", "61s"),
            Map.entry("edge.idle-timeout", "61s"),
            Map.entry("edge.drain-timeout", "0s"),
            Map.entry("admin.listen", "localhost:0"),
            Map.entry("admin.debug-token", "0123456789abcdef"),
            Map.entry("origin.url", "https://origin.example:8443/cdn"),
            Map.entry("origin.max-connections", "1"),
            Map.entry("origin.answer-timeout", "300ms"),
            Map.entry("sharing.audience", "any"),
            Map.entry("sharing.min-size", "1MiB"),
            Map.entry("locality.ipv4-prefix", "24"),
            Map.entry("locality.ipv6-prefix", "56"),
            Map.entry("locality.asn-database", "/var/lib/GeoIP/GeoLite2-ASN.mmdb"),
            Map.entry("locality.country-database", "/var/lib/GeoIP/GeoLite2-Country.mmdb"),
            Map.entry("choice.network-share", "50"),
            Map.entry("choice.max-rate", "20Mbit/s"),
            Map.entry("lease.ttl", "1h"),
            Map.entry("lease.heartbeat", "1s"),
            Map.entry("registry.allow-peers", "10.0.0.0/8, fd00::/8"),
            Map.entry("registry.super-node-token", "s3cret"),
            Map.entry("registry.proof-timeout", "1s"),
            Map.entry("registry.max-peers", "1"),
            Map.entry("registry.heartbeats-per-second", "1"),
            Map.entry("enrolment.mode", "token"),
            Map.entry("enrolment.lan-sharing", "true"),
            Map.entry("enrolment.max-peers-per-address", "1"),
            Map.entry("enrolment.max-peers-per-network", "1"),
            Map.entry("enrolment.registrations-per-minute", "1"),
            Map.entry("registry.max-holdings-per-peer", "1"),
            Map.entry("spool.memory", "2MiB"),
            Map.entry("spool.linger", "1s"),
            Map.entry("registry.probe-interval", "5m"),
            Map.entry("registry.probes-per-second", "7"),
            Map.entry("registry.ticket-ttl", "1s"),
            Map.entry("registry.representation-memory", "1GiB"), Map.entry("registry.store", "memory"),
            Map.entry("registry.hot-representations", "7"), Map.entry("registry.urls", "http://registry.example:8070"),
            Map.entry("swarm.origin-pieces", "4"), Map.entry("swarm.origin-pieces-in-all", "8"));
    private static final Set<String> KEYS = OTHER_VALUES.keySet();

    /** Which no single key can set: see RulesConfigTest and SitesConfigTest. */
    private static final Set<String> LISTS_OF_SECTIONS = Set.of("sharing.rules", "locality.sites", "enrolment.tokens");

    private static BrokerConfig config(String... keysAndValues) {
        var loader = BrokerFixture.loader().set("origin.url", "http://origin.example", "test");
        if (List.of(keysAndValues).contains("redirect")) {
            loader.set("origin.public-url", "https://public.example", "test");
        }
        for (int i = 0; i < keysAndValues.length; i += 2) {
            loader.set(keysAndValues[i], keysAndValues[i + 1], "--set");
        }
        return loader.bind(BrokerConfig.class);
    }

    @Test
    void theDefaultsAreThese() {
        assertThat(config()).isEqualTo(new BrokerConfig(
                Path.of(System.getProperty("user.home"), ".fingerpost/broker"),
                new BrokerConfig.Edge(Optional.of(new HostPort("0.0.0.0", 8080)),
                        new TlsConfig(Optional.empty(), Optional.empty(), Optional.empty()), Sites.parse(List.of()),
                        List.of(), ForwardedField.X_FORWARDED_FOR, Duration.ofSeconds(10), Duration.ofSeconds(60),
                        Duration.ofSeconds(60), Duration.ofSeconds(20), Duration.ofSeconds(20)),
                new BrokerConfig.Admin(new HostPort("127.0.0.1", 9090), Optional.empty()),
                new BrokerConfig.Origin(URI.create("http://origin.example"), Optional.empty(), 512,
                        Duration.ofSeconds(30)),
                new SpoolConfig(new ByteSize(128 << 20), Duration.ofSeconds(5)),
                new SharingConfig(TestTerms.DEFAULT, List.of()),
                new BrokerConfig.Choice(75, new BitRate(1_000_000_000)),
                new LocalityConfig(List.of(), 32, 64, Optional.empty(), Optional.empty()),
                new LeaseTerms(Duration.ofSeconds(30), Duration.ofSeconds(10)),
                new RegistryConfig(List.of(), Optional.empty(), Duration.ofSeconds(3), 100_000, 5_000, 100_000,
                        Duration.ofMinutes(5), new ByteSize(256 << 20), Duration.ofSeconds(60), 50,
                        StoreLocation.EMBEDDED, 100_000, List.of()),
                new SwarmConfig(32, 256),
                new EnrolmentConfig(EnrolmentConfig.Mode.OPEN, List.of(), false, 32, 1_024, 600)));
    }

    @Test
    void theKeysTestedHereAreAllThereAre() throws IOException {
        var keys = new TreeSet<String>();
        try (var in = Objects.requireNonNull(BrokerMain.class.getResourceAsStream("broker-defaults.yaml"))) {
            collect("", new YAMLMapper().readTree(in), keys);
        }

        assertThat(KEYS).containsExactlyInAnyOrderElementsOf(keys);
    }

    private static void collect(String path, JsonNode node, Set<String> keys) {
        if (node instanceof ObjectNode object) {
            object.forEachEntry((name, value) -> collect(path.isEmpty() ? name : path + "." + name, value, keys));
        } else if (!LISTS_OF_SECTIONS.contains(path)) {
            keys.add(path);
        }
    }

    @ParameterizedTest
    @FieldSource("KEYS")
    void everyKeyCanBeSet(String key) {
        String[] certificate = {"edge.tls.certificate", "a.pem", "edge.tls.key", "b.pem"}; // tls.listen needs them
        var changed = Stream.concat(Stream.of(certificate), Stream.of(key, OTHER_VALUES.get(key)));

        assertThat(config(changed.toArray(String[]::new))).isNotEqualTo(config(certificate));
    }

    @Test
    void thePlainPortIsLeftOutByAnEmptyValue() {
        var edge = config("edge.listen", "", "edge.tls.listen", "127.0.0.1:8443", "edge.tls.certificate", "a.pem",
                "edge.tls.key", "b.pem").edge();

        assertThat(edge.listen()).isEmpty();
        assertThat(edge.tls().listen()).contains(new HostPort("127.0.0.1", 8443));
        assertThat(config("edge.tls.listen", "").edge().tls().listen()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "a.pem | '' | key is needed where listen is set",
            "'' | b.pem | certificate is needed where listen is set"})
    void tlsNeedsCertificateAndKey(String certificate, String key, String message) {
        assertThatThrownBy(() -> config("edge.tls.listen", "127.0.0.1:8443", "edge.tls.certificate", certificate,
                "edge.tls.key", key)).isInstanceOf(ConfigException.class).hasMessageContaining("edge.tls")
                .hasMessageContaining(message).hasMessageNotContaining("\n");
    }

    @Test
    void anEmptyTokenIsNone() {
        assertThat(config("registry.super-node-token", "").registry().superNodeToken()).isEmpty();
        assertThat(config("admin.debug-token", "").admin().debugToken()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3cret-s3cret-s", "s3cret s3cret s3cret", "s3cret-s3cret-s3cr\u00e9t"})
    void aDebugTokenThatIsNoneIsNamedButNotShown(String token) {
        assertThatThrownBy(() -> config("admin.debug-token", token)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("debug-token must have 16 to 256 characters of visible ASCII")
                .hasMessageContaining("admin").hasMessageNotContaining("s3cret").hasMessageNotContaining("\n");
        assertThat(config("admin.debug-token", "s3cret-s3cret-s3cret").toString()).doesNotContain("s3cret");
    }

    @Test
    void withoutAnOriginTheKeyIsNamed() {
        assertThatThrownBy(() -> BrokerFixture.loader().bind(BrokerConfig.class)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("'origin.url'").hasMessageContaining("needs a value");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "edge.listen | 8080",
            "edge.listen | localhost:65536",
            "edge.tls.listen | 8443",
            "edge.forwarded-field | x-real-ip",
            "edge.idle-timeout | a while",
            "admin.listen | :9090",
            "origin.max-connections | many",
            "sharing.audience | everyone",
            "sharing.min-size | 4 kB",
            "lease.ttl | 30 sec",
            "locality.ipv4-prefix | /24",
            "registry.max-peers | 1.5",
            "registry.representation-memory | lots"})
    void aBadValueIsNamedWithItsKey(String key, String value) {
        assertThatThrownBy(() -> config(key, value)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("'" + key + "'").hasMessageContaining("'" + value + "'")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "edge.listen | '' | listen and tls.listen are both empty",
            "edge.trusted-proxies | 10.0.0.0/8,lb | trusted-proxies: 'lb' is not a network",
            "edge.trusted-proxies | 10/8 | trusted-proxies: '10/8' is not a network",
            "edge.body-timeout | 0s | body-timeout must be positive",
            "edge.head-timeout | 0s | head-timeout must be positive",
            "edge.idle-timeout | 0s | idle-timeout must be positive",
            "edge.idle-timeout | 2d | at most 1d",
            "edge.drain-timeout | PT-1S | drain-timeout must not be negative",
            "origin.max-connections | 0 | max-connections must be at least 1",
            "origin.answer-timeout | 0ms | answer-timeout must be positive",
            "locality.ipv4-prefix | 0 | ipv4-prefix must be 1 to 32",
            "locality.ipv4-prefix | 33 | ipv4-prefix must be 1 to 32",
            "locality.ipv6-prefix | 0 | ipv6-prefix must be 1 to 64",
            "locality.ipv6-prefix | 65 | ipv6-prefix must be 1 to 64",
            "lease.heartbeat | 30s | heartbeat must be positive and shorter than ttl",
            "lease.heartbeat | 0s | heartbeat must be positive and shorter than ttl",
            "registry.proof-timeout | 0s | proof-timeout must be positive",
            "registry.max-peers | 0 | max-peers must be at least 1",
            "registry.max-holdings-per-peer | 0 | max-holdings-per-peer must be at least 1",
            "registry.probe-interval | 2h | probe-interval must be 1s to 1h",
            "registry.probes-per-second | 0 | probes-per-second must be 1 to 10000",
            "registry.store | disk | embedded, memory or the address of a Redis is wanted",
            "registry.store | http://h | a Redis is named by redis://",
            "registry.store | redis:// | this is no address of a Redis",
            "registry.urls | ftp://h | urls must be http://HOST or https://HOST",
            "registry.hot-representations | 0 | hot-representations must be 1 to 10000000",
            "registry.ticket-ttl | 999ms | ticket-ttl must be at least 1s",
            "registry.allow-peers | 10.0.0.0/8,lan | 'lan' is not a network"})
    void aValueThatMakesNoSenseIsRefused(String key, String value, String message) {
        assertThatThrownBy(() -> config(key, value)).isInstanceOf(ConfigException.class)
                .hasMessageContaining(key.substring(0, key.indexOf('.'))).hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://origin.example", "origin.example", "http://", "http://user@origin.example",
            "http://origin.example/?a=b", "http://origin.example/#x", "http:/x", "http://ex ample"})
    void anOriginThatIsNoPlainWebUrlIsRefused(String url) {
        assertThatThrownBy(() -> config("origin.url", url)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("origin").hasMessageNotContaining("\n");
    }

    @Test
    void aPasswordOfARedisIsShownNowhere() {
        assertThatThrownBy(() -> config("registry.store", "http://me:s3cret@h:1/")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("registry.store").hasMessageNotContaining("s3cret");
        var store = config("registry.store", "rediss://me:s3cret@h:6380/0").registry().store();
        assertThat(store.redis()).hasToString("Optional[rediss://h:6380/0]");
        assertThat(store.toString()).doesNotContain("s3cret");
    }

    @Test
    void anUnknownKeyIsNamed() {
        assertThatThrownBy(() -> config("lease.tll", "1s")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("'lease.tll'").hasMessageContaining("ttl, heartbeat");
    }
}
