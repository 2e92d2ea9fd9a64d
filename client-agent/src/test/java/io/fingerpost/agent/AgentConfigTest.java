package io.fingerpost.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.contract.config.ConfigLoader;
import io.fingerpost.contract.config.HostPort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
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
        assertThat(config.serve().slots()).isEqualTo(32);
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
                token: ${FP_TOKEN}
                store:
                  max-size: 5MiB
                serve:
                  slots: 0
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
        assertThat(config.token()).contains("from-environment");
        assertThat(config.store().maxSize().bytes()).isEqualTo(5L << 20);
        assertThat(config.serve()).isEqualTo(new AgentConfig.Serve(0, Duration.ofMinutes(2), Duration.ofSeconds(5)));
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
            "serve.idle-timeout, 0s", "serve.idle-timeout, soon", "fetch.connect-timeout, 0s",
            "fetch.answer-timeout, 0s", "fetch.stall-timeout, 0s", "fetch.min-rate, fast"})
    void namesKeyAndValueOfWhatItCannotTake(String key, String value) {
        assertThatThrownBy(() -> with(key, value)).isInstanceOfSatisfying(ConfigException.class,
                e -> assertThat(e.getMessage()).contains(key.replaceFirst("\\..*", "")).contains(
                        key.replaceFirst(".*\\.", "")).doesNotContain("\n"));
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
