package io.fingerpost.broker.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the origin gets to know of the client, with proxies before the broker and without. */
class TrustedProxyIT {
    /** The first may be fetched for others as well, the second is passed on by the plain proxy. */
    private static final String[] WAYS = {"GET /a", "DELETE /a"};

    @TempDir
    Path data;

    private RawOrigin origin;
    private BrokerFixture broker;

    @BeforeEach
    void startOrigin() throws IOException {
        origin = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }

    @AfterEach
    void stop() throws IOException {
        broker.close();
        origin.close();
    }

    private void start(String... settings) {
        broker = new BrokerFixture(data, origin.url(), settings);
    }

    private String headAfter(String request, String... fields) throws IOException {
        RawClient.exchange(broker.edge(), request + " HTTP/1.1\r\nHost: x\r\n" + String.join("\r\n", fields)
                + "\r\nConnection: close\r\n\r\n");
        return origin.heads().getLast();
    }

    @Test
    void aClientIsWhomTheTrustedProxyNames() throws IOException {
        start("edge.trusted-proxies=127.0.0.0/8,10.0.0.0/8");

        for (String way : WAYS) {
            assertThat(headAfter(way, "X-Forwarded-For: 198.51.100.9, 192.0.2.1", "X-Forwarded-For: 10.0.0.2",
                    "X-Forwarded-Proto: https"))
                    .contains("X-Forwarded-For: 192.0.2.1\r\n", "X-Forwarded-Proto: https\r\n")
                    .doesNotContain("198.51.100.9", "10.0.0.2");
        }
    }

    @Test
    void anIpv6ClientIsNamedWithoutItsPort() throws IOException {
        start("edge.trusted-proxies=127.0.0.1/32", "edge.forwarded-field=forwarded");

        for (String way : WAYS) {
            assertThat(
                    headAfter(way, "Forwarded: for=\"[2001:DB8:0::1]:4711\";proto=https", "X-Forwarded-For: 192.0.2.1"))
                    .contains("X-Forwarded-For: 2001:db8:0:0:0:0:0:1\r\n", "X-Forwarded-Proto: https\r\n")
                    .doesNotContain("192.0.2.1", "4711");
        }
    }

    @Test
    void ipv4InIpv6ClothesIsIpv4() throws IOException {
        start("edge.trusted-proxies=127.0.0.1/32");

        assertThat(headAfter("GET /a", "X-Forwarded-For: ::ffff:192.0.2.1")).contains("X-Forwarded-For: 192.0.2.1\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0/8"})
    void whoIsNoTrustedProxyIsTheClient(String trusted) throws IOException {
        start("edge.trusted-proxies=" + trusted);

        for (String way : WAYS) {
            assertThat(headAfter(way, "X-Forwarded-For: 192.0.2.1", "Forwarded: for=192.0.2.1;proto=https",
                    "X-Forwarded-Proto: https"))
                    .contains("X-Forwarded-For: 127.0.0.1\r\n", "X-Forwarded-Proto: http\r\n")
                    .doesNotContain("192.0.2.1", "https");
        }
    }
}
