package io.fingerpost.broker.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.FakePeer;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawOrigin;
import io.fingerpost.broker.tls.TestCertificate;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.client.RegistryRefused;
import io.fingerpost.testing.RequiresTool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients, peers and origin with IPv6 addresses, which stand in brackets wherever they are part of a URL. */
@Timeout(60)
class Ipv6IT {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("::1");
    private static final byte[] BODY = Origins.bytes(5000);

    @TempDir
    Path data;

    private RawOrigin origin;
    private BrokerFixture broker;

    @BeforeEach
    void startOrigin() throws IOException {
        origin = RawOrigin.answering(LOOPBACK,
                "HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nETag: \"v1\"\r\n"
                        + "Content-Length: 5000\r\n\r\n" + new String(BODY, StandardCharsets.ISO_8859_1));
    }

    @AfterEach
    void stop() throws IOException {
        broker.close();
        origin.close();
    }

    private void start(String... settings) {
        broker = new BrokerFixture(data.resolve("broker"), origin.url(), settings);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[::1]:0", "[::]:0", "[0:0:0:0:0:0:0:1]:0"})
    void aClientIsServedFromAnOriginOnIpv6(String listen) throws IOException {
        start("edge.listen=" + listen);

        var answer = broker.get(URI.create("http://[::1]:" + broker.edge().port() + "/a"));

        assertThat(answer.body()).isEqualTo(BODY);
        assertThat(origin.onlyHead()).contains("Host: " + URI.create(origin.url()).getAuthority() + "\r\n",
                "X-Forwarded-For: 0:0:0:0:0:0:0:1\r\n");
    }

    @Test
    void allAddressesIncludesThoseOfIpv4() throws IOException {
        start("edge.listen=[::]:0", "registry.allow-peers=127.0.0.0/8");

        broker.get(URI.create("http://127.0.0.1:" + broker.edge().port() + "/a"));

        assertThat(origin.onlyHead()).contains("X-Forwarded-For: 127.0.0.1\r\n");
    }

    @Test
    void aClientIsRedirectedToAPeerOnIpv6() throws Exception {
        start("edge.listen=[::1]:0", "registry.allow-peers=::1/128");
        await().pollDelay(Duration.ZERO).until(() -> {
            broker.get("/a");
            return broker.decisionOn("/a").equals("origin no_holder");
        });
        try (var peer = FakePeer.at(broker, LOOPBACK)) {
            peer.holding(broker.representation(Sha256.digestOf(BODY)));

            var answer = broker.get("/a", "Want-Repr-Digest", "sha-256=1");

            String url = "http://[::1]:" + peer.endpoint().port() + "/.well-known/ni/sha-256/";
            assertThat(answer.statusCode()).isEqualTo(302);
            assertThat(answer.headers().firstValue("Location").orElseThrow()).startsWith(url);
            assertThat(answer.headers().firstValue("Link").orElseThrow()).startsWith("<" + url);
        }
    }

    @Test
    void aPeerOnIpv6NeedsLeaveAsWell() {
        start("edge.listen=[::1]:0", "registry.allow-peers=127.0.0.0/8");

        assertThatThrownBy(() -> FakePeer.at(broker, LOOPBACK)).isInstanceOf(RegistryRefused.class)
                .hasMessageContaining("::1");
    }

    @Test
    @RequiresTool("openssl")
    void tlsIsSpokenOnIpv6() throws Exception {
        var certificate = TestCertificate.in(data, "edge");
        start("edge.listen=", "edge.tls.listen=[::1]:0", "edge.tls.certificate=" + certificate.certificate(),
                "edge.tls.key=" + certificate.key());
        try (var client = HttpClient.newBuilder().sslContext(TestCertificate.trust(certificate)).build()) {
            var request = HttpRequest.newBuilder(URI.create("https://" + broker.edgeTls() + "/a")).build();

            assertThat(client.send(request, BodyHandlers.ofByteArray()).body()).isEqualTo(BODY);
        }
    }
}
