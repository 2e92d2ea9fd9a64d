package io.fingerpost.broker.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.FakePeer;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import io.fingerpost.broker.tls.TestCertificate;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.testing.RequiresTool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@RequiresTool("openssl")
@Timeout(120)
class TlsIT {
    private static final byte[] BODY = Origins.bytes(20_000_000);

    @TempDir
    Path data;

    private TestCertificate certificate;
    private HttpClient client;
    private RawOrigin origin;
    private BrokerFixture broker;

    @BeforeEach
    void makeCertificate() {
        certificate = TestCertificate.in(data, "edge");
        client = HttpClient.newBuilder().sslContext(TestCertificate.trust(certificate))
                .connectTimeout(Duration.ofSeconds(5)).build();
    }

    @AfterEach
    void stop() throws IOException {
        client.shutdownNow();
        broker.close();
        origin.close();
    }

    private void start(RawOrigin chosen, String... settings) {
        origin = chosen;
        var all = new ArrayList<>(List.of("edge.tls.listen=127.0.0.1:0",
                "edge.tls.certificate=" + certificate.certificate(), "edge.tls.key=" + certificate.key()));
        all.addAll(List.of(settings));
        broker = new BrokerFixture(data.resolve("broker"), origin.url(), all.toArray(String[]::new));
    }

    private HttpRequest.Builder request(HttpClient.Version version, String path) {
        return HttpRequest.newBuilder(URI.create("https://" + broker.edgeTls() + path)).version(version)
                .timeout(Duration.ofSeconds(20));
    }

    private HttpResponse<byte[]> get(HttpClient.Version version, String path, String... fields) throws Exception {
        var request = request(version, path);
        if (fields.length > 0) {
            request.headers(fields);
        }
        var answer = client.send(request.build(), BodyHandlers.ofByteArray());
        assertThat(answer.version()).isEqualTo(version);
        return answer;
    }

    private static RawOrigin bodies(byte[] body) throws IOException {
        return RawOrigin.answering("HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nETag: \"v1\"\r\n"
                + "Content-Length: " + body.length + "\r\n\r\n" + new String(body, StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void bodiesArriveAsTheyAre(HttpClient.Version version) throws Exception {
        start(bodies(BODY));

        assertThat(Sha256.digestOf(get(version, "/big").body())).isEqualTo(Sha256.digestOf(BODY));
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void aSmallBodyIsNoProblemEither(HttpClient.Version version) throws Exception {
        start(bodies("ok".getBytes(StandardCharsets.US_ASCII)));

        var answer = get(version, "/small");

        assertThat(answer.body()).asString().isEqualTo("ok");
        assertThat(answer.headers().firstValue("Content-Length")).contains("2");
        assertThat(answer.headers().map()).doesNotContainKeys("transfer-encoding", "keep-alive",
                "connection");
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void theOriginLearnsThatTheClientSpokeTls(HttpClient.Version version) throws Exception {
        start(bodies(new byte[2]));

        get(version, "/a", "X-Forwarded-Proto", "gopher");

        assertThat(origin.onlyHead()).contains("X-Forwarded-Proto: https\r\n", "X-Forwarded-For: 127.0.0.1\r\n");
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void redirectsAreTheSameByTls(HttpClient.Version version) throws Exception {
        byte[] body = Origins.bytes(5000);
        start(bodies(body));
        get(version, "/a");
        try (var peer = FakePeer.at(broker)) {
            peer.holding(broker.representation(Sha256.digestOf(body)));

            var answer = get(version, "/a", "Want-Repr-Digest", "sha-256=1");

            assertThat(answer.statusCode()).isEqualTo(302);
            assertThat(answer.headers().firstValue("Location").orElseThrow()).startsWith(peer.endpoint().url());
            assertThat(answer.headers().allValues("Link")).filteredOn(link -> link.contains("duplicate")).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void anAnswerToHeadIsItsHead(HttpClient.Version version) throws Exception {
        start(RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nX-Kept: 1\r\n\r\n"));

        var answer = client.send(request(version, "/a").HEAD().build(), BodyHandlers.ofByteArray());

        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.headers().firstValue("Content-Length")).contains("1234");
        assertThat(answer.headers().firstValue("X-Kept")).contains("1");
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void aBodyGoesToTheOriginAsItIs(HttpClient.Version version) throws Exception {
        byte[] sent = Origins.bytes(1_000_000);
        var got = new CompletableFuture<byte[]>();
        start(new RawOrigin(connection -> {
            connection.readHead();
            got.complete(connection.readBody(sent.length));
            connection.write("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        }));

        var answer = client.send(request(version, "/a").POST(BodyPublishers.ofByteArray(sent)).build(),
                BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(got.join()).isEqualTo(sent);
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void aBodyOfUnknownLengthGoesToTheOriginToo(HttpClient.Version version) throws Exception {
        start(new RawOrigin(connection -> {
            connection.readHead();
            connection.readBody("3\r\nabc\r\n0\r\n\r\n".length());
            connection.write("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        }));

        var answer = client.send(request(version, "/a").POST(BodyPublishers.fromPublisher(
                BodyPublishers.ofString("abc"))).build(), BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(origin.onlyHead()).containsIgnoringCase("transfer-encoding: chunked");
    }

    /** With a length and without: half a body is an error of the stream. */
    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void aBodyThatBreaksNeverLooksComplete(HttpClient.Version version) throws Exception {
        for (String head : new String[] {"Content-Length: 100000\r\n\r\n" + "x".repeat(50_000),
                "Transfer-Encoding: chunked\r\n\r\nC350\r\n" + "x".repeat(50_000)}) {
            for (String label : new String[] {"", "Cache-Control: public, max-age=60\r\nETag: \"v1\"\r\n"}) {
                start(new RawOrigin(connection -> {
                    connection.readHead();
                    connection.write("HTTP/1.1 200 OK\r\n" + label + head);
                }));

                assertThatThrownBy(() -> get(version, "/a")).isInstanceOf(IOException.class);

                broker.close();
                origin.close();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void reservedPathsAreServedByTls(HttpClient.Version version) throws Exception {
        start(bodies(new byte[2]));

        assertThat(get(version, "/.well-known/fingerpost").statusCode()).isEqualTo(200);
        assertThat(origin.heads()).isEmpty();
    }

    private String curl(String... options) throws Exception {
        var command = new ArrayList<>(List.of("curl", "-sS", "--http2", "--max-time", "20", "--cacert",
                certificate.certificate().toString()));
        command.addAll(List.of(options));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        return "exit " + process.waitFor() + "\n" + said;
    }

    private String url(String path) {
        return "https://localhost:" + broker.edgeTls().port() + path;
    }

    @Test
    @RequiresTool("curl")
    void curlSpeaksHttp2() throws Exception {
        start(bodies(BODY));
        Path file = data.resolve("got");

        String said = curl("-o", file.toString(), "-w", "%{http_version} %{response_code}", url("/big"));

        assertThat(said).isEqualTo("exit 0\n2 200");
        assertThat(Sha256.digestOf(Files.readAllBytes(file))).isEqualTo(Sha256.digestOf(BODY));
        assertThat(curl("-I", url("/big"))).startsWith("exit 0\nHTTP/2 200").contains("content-length: 20000000");
    }

    @Test
    @RequiresTool("curl")
    void curlIsToldThatABodyBroke() throws Exception {
        start(new RawOrigin(connection -> {
            connection.readHead();
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nC350\r\n" + "x".repeat(50_000));
        }));

        assertThat(curl("-o", "/dev/null", url("/a"))).startsWith("exit 92\n"); // CURLE_HTTP2_STREAM
    }

    @Test
    @RequiresTool("curl")
    void oldVersionsOfTlsAreNotSpoken() throws Exception {
        start(bodies(new byte[2]));

        assertThat(curl("--tls-max", "1.1", "--ciphers", "ALL:@SECLEVEL=0", url("/a"))).startsWith("exit 35\n");
        assertThat(curl("--tls-max", "1.2", "-o", "/dev/null", url("/a"))).startsWith("exit 0\n");
        assertThat(curl("--tlsv1.3", "-o", "/dev/null", url("/a"))).startsWith("exit 0\n");
    }

    @Test
    void http2IsSpokenByTlsOnly() throws Exception {
        start(bodies(new byte[2]));

        try (var client = new RawClient(broker.edge())) {
            assertThat(client.send("GET /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\n"
                    + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n").readHead()).startsWith("HTTP/1.1 200 OK");
        }
        assertThat(RawClient.exchange(broker.edge(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")).doesNotContain("200 OK");
    }

    @Test
    void anAgentRegistersByTls() throws Exception {
        start(bodies(Origins.bytes(5000)));
        var registry = new RegistryClient(URI.create("https://" + broker.edgeTls() + "/"),
                Optional.of(client.sslContext()));

        assertThat(registry.discover().registries()).containsExactly(ApiPaths.EMBEDDED);
    }

    @Test
    void aRequestUnderWayEndsBeforeTheBrokerDoes() throws Exception {
        var mayAnswer = new CountDownLatch(1);
        start(new RawOrigin(connection -> {
            connection.readHead();
            connection.waitFor(mayAnswer);
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow");
        }), "edge.drain-timeout=20s");
        var answer = client.sendAsync(request(HttpClient.Version.HTTP_2, "/a").build(), BodyHandlers.ofString());
        await().until(() -> !origin.heads().isEmpty());
        var closed = CompletableFuture.runAsync(broker::closeBroker, Thread::startVirtualThread);
        await().until(() -> broker.admin("/readyz").statusCode() == 503);
        assertThat(closed).isNotDone();

        mayAnswer.countDown();

        assertThat(answer.join().body()).isEqualTo("slow");
        closed.join();
    }

    @Test
    void thePlainPortMayBeLeftOut() throws Exception {
        start(bodies(new byte[2]), "edge.listen=");

        assertThat(get(HttpClient.Version.HTTP_2, "/a").statusCode()).isEqualTo(200);
        assertThatThrownBy(() -> broker.edge()).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void theCertificatesEndIsAMetric() throws Exception {
        start(bodies(new byte[2]));

        assertThat(broker.admin("/metrics").body()).containsPattern(
                "fingerpost_broker_certificate_expiry_seconds [0-9.]+E9");
    }
}
