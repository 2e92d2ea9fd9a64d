package io.fingerpost.broker.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import io.fingerpost.broker.tls.TestCertificate;
import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.testing.RequiresTool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates are exchanged while clients come and go. */
@RequiresTool("openssl")
@Timeout(120)
class CertificateSwapIT {
    @TempDir
    Path data;

    private TestCertificate first;
    private TestCertificate second;
    private TestCertificate used;
    private SSLContext trust;
    private RawOrigin origin;
    private BrokerFixture broker;

    @BeforeEach
    void start() throws IOException {
        first = TestCertificate.in(data, "first");
        second = TestCertificate.in(data, "second", "-newkey", "rsa:2048");
        trust = TestCertificate.trust(first, second);
        used = new TestCertificate(data.resolve("used.crt"), data.resolve("used.key"));
        first.replace(used);
        origin = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        broker = new BrokerFixture(data.resolve("broker"), origin.url(), "edge.tls.listen=127.0.0.1:0",
                "edge.tls.certificate=" + used.certificate(), "edge.tls.key=" + used.key());
    }

    @AfterEach
    void stop() throws IOException {
        broker.close();
        origin.close();
    }

    /** One request on a connection of its own; whose certificate the client got to see. */
    private String visit() throws IOException {
        try (var socket = (SSLSocket) trust.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(),
                broker.edgeTls().port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("ok");
            var shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSubjectX500Principal().getName();
        }
    }

    @Test
    void noRequestFailsWhileCertificatesAreExchanged() throws Exception {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        var enough = new AtomicBoolean();
        var visits = new AtomicInteger();
        Callable<Void> visitor = () -> {
            while (!enough.get()) {
                seen.add(visit());
                visits.incrementAndGet();
            }
            return null;
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> visitors = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                visitors.add(threads.submit(visitor));
            }
            try {
                for (int i = 0; i < 30; i++) {
                    (i % 2 == 0 ? second : first).replace(used);
                    broker.reload();
                    int before = visits.get();
                    await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1))
                            .until(() -> visits.get() > before || visitors.stream().anyMatch(Future::isDone));
                }
            } finally {
                enough.set(true);
            }
            for (var each : visitors) {
                each.get(); // fails if a visit did
            }
        }

        assertThat(seen).containsExactlyInAnyOrder("CN=first", "CN=second");
    }

    @Test
    void aConnectionOutlivesTheCertificateThatItBeganWith() throws Exception {
        try (var client = HttpClient.newBuilder().sslContext(trust).build()) {
            var request = HttpRequest.newBuilder(URI.create("https://" + broker.edgeTls() + "/")).build();
            client.send(request, BodyHandlers.ofString());
            second.replace(used);
            broker.reload();

            var answer = client.send(request, BodyHandlers.ofString());

            var shown = (X509Certificate) answer.sslSession().orElseThrow().getPeerCertificates()[0];
            assertThat(answer.body()).isEqualTo("ok");
            assertThat(shown.getSubjectX500Principal().getName()).isEqualTo("CN=first");
            assertThat(visit()).isEqualTo("CN=second");
        }
    }

    @Test
    void aBadCertificateChangesNothing() throws Exception {
        Files.writeString(used.certificate(), "rubbish");

        assertThatThrownBy(broker::reload).isInstanceOf(ConfigException.class)
                .hasMessageContaining("'edge.tls.certificate'").hasMessageNotContaining("\n");
        assertThat(visit()).isEqualTo("CN=first");
    }

    @Test
    void aRenewalNeedsNobody() throws Exception {
        second.replace(used);

        await().atMost(Duration.ofSeconds(30)).until(this::visit, "CN=second"::equals);
    }

    /** Who speaks plain HTTP to the TLS port, or TLS to the plain one, harms nobody else. */
    @Test
    void whoTakesOnePortForTheOtherIsSentAway() throws IOException {
        try (var client = new RawClient(broker.edgeTls())) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").readAll()).doesNotContain("200 OK");
        }
        try (var client = new RawClient(broker.edge())) {
            assertThat(client.send("\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001\u0000\r\n\r\n").readAll())
                    .doesNotContain("200 OK");
        }

        assertThat(visit()).isEqualTo("CN=first");
    }
}
