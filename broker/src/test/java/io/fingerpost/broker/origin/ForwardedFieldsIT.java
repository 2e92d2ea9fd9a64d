package io.fingerpost.broker.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What of a message's head passes, in both directions. */
class ForwardedFieldsIT {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    Path data;

    private RawOrigin origin;
    private BrokerFixture broker;

    private void start(RawOrigin chosen) {
        origin = chosen;
        broker = new BrokerFixture(data, origin.url());
    }

    @AfterEach
    void stop() throws IOException {
        broker.close();
        origin.close();
    }

    private String get(String path, String... fields) throws IOException {
        return RawClient.exchange(broker.edge(), "GET " + path + " HTTP/1.1\r\nHost: edge.example\r\n"
                + String.join("", List.of(fields).stream().map(field -> field + "\r\n").toList())
                + "Connection: close\r\n\r\n");
    }

    @Test
    void theOriginNeverSeesWhatConcernsTheClientsConnection() throws IOException {
        start(RawOrigin.answering(OK));

        try (var client = new RawClient(broker.edge())) {
            client.send("GET / HTTP/1.1\r\nHost: edge.example\r\nConnection: keep-alive, X-Named\r\nX-Named: 1\r\n"
                    + "Connection: Upgrade, HTTP2-Settings, TE\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
                    + "TE: trailers\r\nKeep-Alive: timeout=5\r\nProxy-Authorization: Basic Zm9v\r\n"
                    + "Proxy-Connection: keep-alive\r\nX-Kept: 1\r\n\r\n").readHead();
        }

        assertThat(RawClient.fieldNames(origin.onlyHead())).contains("x-kept").doesNotContain("x-named", "upgrade",
                "http2-settings", "te", "keep-alive", "proxy-authorization", "proxy-connection");
        assertThat(origin.onlyHead()).doesNotContainIgnoringCase("x-named");
    }

    @Test
    void theClientNeverSeesWhatConcernsTheOriginsConnection() throws IOException {
        start(RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive, X-Named\r\n"
                + "X-Named: 1\r\nConnection: upgrade\r\nUpgrade: h2,h2c\r\nKeep-Alive: timeout=5\r\n"
                + "Proxy-Authenticate: Basic\r\nX-Kept: 1\r\n\r\nok"));

        String answer = get("/");

        assertThat(answer).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\nok");
        assertThat(RawClient.fieldNames(answer)).contains("x-kept").doesNotContain("x-named", "upgrade", "keep-alive",
                "proxy-authenticate");
        assertThat(answer).doesNotContainIgnoringCase("x-named").contains("Connection: close\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void whatTheOriginSendsAfterABodyEndsThere(String method) throws IOException {
        start(RawOrigin.answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                + "2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n"));

        String answers = RawClient.exchange(broker.edge(), method + " / HTTP/1.1\r\nHost: edge.example\r\n"
                + "Content-Length: 0\r\n\r\nPOST / HTTP/1.1\r\nHost: edge.example\r\nContent-Length: 0\r\n"
                + "Connection: close\r\n\r\n"); // what ends with the connection is not chunked

        assertThat(answers).contains("ok\r\n0\r\n\r\nHTTP/1.1 200 OK").doesNotContain("Trailer", "X-Sum");
    }

    @Test
    void theBrokerSaysThatItWasThereInBothDirections() throws IOException {
        start(RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nVia: 1.1 inner\r\n\r\nok"));

        String answer = get("/", "Via: 1.0 outer", "CDN-Loop: other-cdn");

        assertThat(origin.onlyHead().lines()).contains("Via: 1.0 outer", "Via: 1.1 fingerpost", "CDN-Loop: other-cdn",
                "CDN-Loop: fingerpost");
        assertThat(answer.lines()).containsSubsequence("Via: 1.1 inner", "Via: 1.1 fingerpost");
    }

    @Test
    void theHostIsTheOrigins() throws IOException {
        start(RawOrigin.answering(OK));

        get("/");

        assertThat(origin.onlyHead().lines().filter(line -> line.toLowerCase(Locale.ROOT).startsWith("host")))
                .containsExactly("Host: " + URI.create(origin.url()).getAuthority());
    }

    @Test
    void theClientsWordOnWhereItComesFromIsNotPassedOn() throws IOException {
        start(RawOrigin.answering(OK));

        get("/", "Forwarded: for=192.0.2.1;host=evil.example", "X-Forwarded-Host: evil.example",
                "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: gopher", "X-Forwarded-Port: 1",
                "X-Forwarded-Server: evil.example");

        assertThat(origin.onlyHead()).doesNotContain("evil.example", "192.0.2.1", "gopher", "Port: 1\r\n")
                .contains("X-Forwarded-For: 127.0.0.1\r\n", "X-Forwarded-Host: " + URI.create(origin.url()).getHost());
    }

    @Test
    void aDigestOfATargetIsOursAloneToName() throws IOException {
        start(RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTarget-Repr-Digest: sha-256=:AAAA:\r\n"
                + "Fingerpost-Label: shareable\r\n\r\nok"));

        assertThat(get("/")).doesNotContain("Target-Repr-Digest")
                .contains("Fingerpost-Label: refused;reason=not-public");
    }

    @Test
    void anAbsoluteTargetIsForwardedInOriginForm() throws IOException {
        start(RawOrigin.answering(OK));

        get("http://edge.example/a/b?c=d");
        get("http://edge.example");
        get("http://edge.example?c=d");

        assertThat(origin.heads()).extracting(head -> head.lines().findFirst().orElseThrow()).containsExactly(
                "GET /a/b?c=d HTTP/1.1", "GET / HTTP/1.1", "GET /?c=d HTTP/1.1");
    }

    @Test
    void anAnswerOfUnknownLengthEndsWhereTheOriginEndsIt() throws IOException {
        start(RawOrigin.answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"));

        try (var client = new RawClient(broker.edge())) {
            String head = client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n").readHead();

            assertThat(RawClient.fieldNames(head)).containsOnlyOnce("transfer-encoding")
                    .doesNotContain("content-length");
            assertThat(client.readBody(13)).matches("0?2\r\nok\r\n0\r\n\r\n?");
        }
    }

    @Test
    void anAnswerThatEndsWithTheConnectionIsPassedOnWhole() throws IOException {
        start(new RawOrigin(connection -> {
            connection.readHead();
            connection.write("HTTP/1.0 200 OK\r\n\r\nall there is");
        }));

        assertThat(broker.get("/").body()).asString().isEqualTo("all there is");
    }

    @Test
    void anOldClientGetsABodyThatEndsWithTheConnection() throws IOException {
        start(RawOrigin.answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"));

        String answer = RawClient.exchange(broker.edge(), "GET / HTTP/1.0\r\n\r\n");

        assertThat(answer).endsWith("\r\n\r\nok").doesNotContainIgnoringCase("chunked");
    }
}
