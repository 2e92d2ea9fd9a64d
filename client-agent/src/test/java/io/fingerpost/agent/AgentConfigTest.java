package io.fingerpost.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fingerpost.agent.serve.MachineState;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.config.BitRate;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.contract.config.ConfigLoader;
import io.fingerpost.contract.config.HostPort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgentConfigTest {
    private static ConfigLoader loader() {
        return new ConfigLoader(Agent.class, "agent-defaults.yaml", Map.of("FP_TOKEN", "from-environment"));
    }

    private static AgentConfig with(String key, String value) {
        return loader().set("broker", "http://broker:8080", "test").set(key, value, "--set").bind(AgentConfig.class);
    }

    @Test
    void needsNothingButTheBroker() {
        var config = loader().set("broker", "http://broker:8080", "--broker").bind(AgentConfig.class);

        assertThat(config.broker()).isEqualTo(URI.create("http://broker:8080"));
        assertThat(config.listen()).isEqualTo(new HostPort("0.0.0.0", 7400));
        assertThat(config.advertise()).isEmpty();
        assertThat(config.gateway()).isEqualTo(new HostPort("127.0.0.1", 7401));
        assertThat(config.data()).isEqualTo(Path.of(System.getProperty("user.home"), ".fingerpost/agent"));
        assertThat(config.token()).isEmpty();
        assertThat(config.store().maxSize().bytes()).isEqualTo(10L << 30);
        assertThat(config.serve().budget()).isEqualTo(new UploadBudget(20_000_000, 32, 0));
        assertThat(config.serve().idleTimeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.serve().drainTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.fetch().connectTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.fetch().answerTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.fetch().stallTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.fetch().minBytesPerWindow()).isEqualTo(5 * 16 * 1024);
    }

    @Test
    void saysThatTheBrokerIsMissing() {
        assertThatThrownBy(() -> loader().bind(AgentConfig.class)).isInstanceOf(ConfigException.class)
                .hasMessageContaining("'broker'");
    }

    @Test
    void takesEveryKey(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("agent.yaml"), """
                broker: https://broker.example
                listen: "[::]:1234"
                advertise: http://203.0.113.5:7400
                gateway: localhost:0
                data: /var/lib/agent
                proxy-for: [cdn.example, "CDN.example:8080"]
                origin: https://origin.example
                token: ${FP_TOKEN}
                store:
                  max-size: 5MiB
                serve:
                  rate: 3Gbit/s
                  slots: 0
                  monthly-quota: 2TiB
                  lan-exempt: true
                  pause-on: [metered]
                  idle-timeout: 2m
                  drain-timeout: 5s
                fetch:
                  connect-timeout: 100ms
                  answer-timeout: 200ms
                  stall-timeout: 2s
                  min-rate: 1KiB
                """);

        var config = loader().file(file).bind(AgentConfig.class);

        assertThat(config.broker()).isEqualTo(URI.create("https://broker.example"));
        assertThat(config.listen()).isEqualTo(new HostPort("::", 1234));
        assertThat(config.advertise()).contains(new PeerEndpoint("http", "203.0.113.5", 7400));
        assertThat(config.gateway()).isEqualTo(new HostPort("localhost", 0));
        assertThat(config.data()).isEqualTo(Path.of("/var/lib/agent"));
        assertThat(config.proxyFor()).containsExactly("cdn.example", "cdn.example:8080");
        assertThat(config.origin()).contains(URI.create("https://origin.example"));
        assertThat(config.token()).contains("from-environment");
        assertThat(config.store().maxSize().bytes()).isEqualTo(5L << 20);
        assertThat(config.serve()).isEqualTo(new AgentConfig.Serve(new BitRate(3_000_000_000L), 0,
                new ByteSize(2L << 40), true, Set.of(MachineState.Reason.METERED),
                Duration.ofMinutes(2), Duration.ofSeconds(5)));
        assertThat(config.fetch().connectTimeout()).isEqualTo(Duration.ofMillis(100));
        assertThat(config.fetch().answerTimeout()).isEqualTo(Duration.ofMillis(200));
        assertThat(config.fetch().minBytesPerWindow()).isEqualTo(2 * 1024);
    }

    @Test
    void takesAnEmptyTokenForNone() {
        assertThat(with("token", "").token()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"broker:8080", "ftp://broker", "http:///x", "http://broker/path", "http://broker?x",
            "http://user@broker", "mailto:broker", "//broker", "http://bro ker", ""})
    void namesABrokerThatIsNoSite(String value) {
        assertThatThrownBy(() -> loader().set("broker", value, "--broker").bind(AgentConfig.class))
                .isInstanceOfSatisfying(ConfigException.class,
                        e -> assertThat(e.getMessage()).contains("broker").doesNotContain("\n"));
    }

    @ParameterizedTest
    @CsvSource({"listen, 7400", "listen, host:99999", "advertise, peer:7400", "advertise, http://peer/x",
            "gateway, nowhere", "store.max-size, much", "store.max-size, -1", "serve.slots, -1", "serve.slots, many",
            "serve.rate, fast", "serve.rate, 20", "serve.rate, 0bit/s", "serve.rate, 1001Gbit/s",
            "serve.monthly-quota, all", "serve.monthly-quota, -1",
            "serve.idle-timeout, 0s", "serve.idle-timeout, soon", "fetch.connect-timeout, 0s",
            "fetch.answer-timeout, 0s", "fetch.stall-timeout, 0s", "fetch.min-rate, fast"})
    void namesKeyAndValueOfWhatItCannotTake(String key, String value) {
        assertThatThrownBy(() -> with(key, value)).isInstanceOfSatisfying(ConfigException.class,
                e -> assertThat(e.getMessage()).contains(key.replaceFirst("\\..*", "")).contains(
                        key.replaceFirst(".*\\.", "")).doesNotContain("\n"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "serve.slots | 1025 | 0 to 1024 are wanted",
            "serve.slots | -1 | 0 to 1024 are wanted",
            "serve.monthly-quota | 8193TiB | at most 8192TiB are wanted",
            "serve.rate | 20Mbps | a rate such as 500kbit/s, 20Mbit/s or 1Gbit/s is wanted"})
    void saysWhatABudgetMayBe(String key, String value, String wanted) {
        assertThatThrownBy(() -> with(key, value)).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("bad value '").hasMessageContaining("for '" + key + "': " + wanted);
    }

    /** Else it would be a matter of taste whether bits or bytes were meant. */
    @Test
    void wantsAUnitForTheRate(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("agent.yaml"), "serve:\n  rate: 20000000\n");

        assertThatThrownBy(
                () -> loader().set("broker", "http://broker:8080", "test").file(file).bind(AgentConfig.class))
                .isInstanceOf(ConfigException.class).hasMessageContaining("serve.rate")
                .hasMessageContaining("is wanted");
    }

    @Test
    void takesAsMuchAsABudgetMayBe() {
        assertThat(with("serve.slots", "64").serve().budget().slots()).isEqualTo(64);
        assertThat(with("serve.rate", "1000Gbit/s").serve().budget().bitsPerSecond()).isEqualTo(1_000_000_000_000L);
        assertThat(with("serve.monthly-quota", "8192TiB").serve().budget().bytesPerMonth()).isEqualTo(1L << 53);
    }

    @Test
    void namesAKeyThatItDoesNotKnow() {
        assertThatThrownBy(() -> with("serve.slot", "7")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("'serve.slot'").hasMessageContaining("7");
    }

    @Test
    void wantsAtLeastAByteHoweverLowTheRate() {
        assertThat(with("fetch.min-rate", "0").fetch().minBytesPerWindow()).isEqualTo(1);
    }
}
