package io.fingerpost.agent.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.testing.LocalServer;
import io.fingerpost.agent.testing.RawClient;
import io.fingerpost.contract.config.HostPort;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalOnlyIT {
    private static int status(String gateway, String host) throws IOException {
        var handler = new LocalOnly(HostPort.parse(gateway), exchange -> exchange.getResponseSender().send("let in"),
                exchange -> exchange.getResponseSender().send("proxied"));
        try (var server = new LocalServer(handler)) {
            return RawClient.exchange(server.url(), "GET / HTTP/1.1", "Host: " + host, "Connection: close").status();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:7401", "127.0.0.1", "127.0.0.1:7401", "[::1]", "[::1]:7401",
            "LocalHost:7401"})
    void letsInWhoNamesThisMachine(String host) throws IOException {
        assertThat(status("127.0.0.1:7401", host)).isEqualTo(200);
    }

    /** As the page of a name that was made to resolve to loopback does (DNS rebinding). */
    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:7401", "localhost.evil.example", "127.0.0.1.evil.example",
            "evil.example#localhost", "evil.example@localhost", "127.0.0.2", "[::2]", "::1", "0.0.0.0:7401", "null",
            ""})
    void keepsOutWhoNamesAnother(String host) throws IOException {
        assertThat(status("127.0.0.1:7401", host)).isIn(400, 421);
    }

    @Test
    void letsInWhoNamesTheAddressThatWasConfigured() throws IOException {
        assertThat(status("127.0.0.5:7401", "127.0.0.5:7401")).isEqualTo(200);
        assertThat(status("127.0.0.5:7401", "localhost:7401")).isEqualTo(200);
        assertThat(status("[::1]:7401", "127.0.0.1:7401")).isEqualTo(200);
        assertThat(status("127.0.0.5:7401", "127.0.0.6:7401")).isEqualTo(421);
    }
}
