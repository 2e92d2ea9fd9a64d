package io.fingerpost.broker.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.FakePeer;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.ApiPaths;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostileRequestIT {
    private static final String BODY = "x".repeat(5000);
    private static final String INJECTED = "X-Injected";

    @TempDir
    Path data;

    private RawOrigin origin;
    private BrokerFixture broker;

    @BeforeEach
    void start() throws IOException {
        origin = RawOrigin.answering("HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nETag: \"v1\"\r\n"
                + "Content-Length: 5000\r\n\r\n" + BODY);
        broker = new BrokerFixture(data, origin.url());
    }

    @AfterEach
    void stop() throws IOException {
        broker.close();
        origin.close();
    }

    private String raw(String requestLine, String... fields) throws IOException {
        return RawClient.exchange(broker.edge(), requestLine + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + String.join("", Arrays.stream(fields).map(field -> field + "\r\n").toList()) + "\r\n");
    }

    private FakePeer holderOf(String target) throws Exception {
        await().pollDelay(Duration.ZERO).until(() -> {
            broker.get(target);
            return broker.decisionOn(target).equals("origin no_holder");
        });
        var digest = Sha256.digestOf(BODY.getBytes(StandardCharsets.US_ASCII));
        return FakePeer.at(broker).holding(broker.representation(digest));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/%0d%0aX-Injected:%201", "/a?b=%0d%0aX-Injected:%201", "/a?b=%0aX-Injected:1&c=%00",
            "/%E5%98%8A%E5%98%8DX-Injected:1"})
    void nothingInATargetBecomesAFieldOfTheRedirect(String target) throws Exception {
        try (var _ = holderOf(target)) {
            String answer = raw("GET " + target, "Want-Repr-Digest: sha-256=1");

            assertThat(answer).startsWith("HTTP/1.1 302 ").doesNotContain("\n" + INJECTED);
            assertThat(RawClient.fieldNames(answer)).doesNotContain("x-injected");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /a\rX-Injected: 1", "GET /a\nX-Injected: 1", "GET /a\u0000", "GET /a b c", "GET",
            "G\u0001T /a", "GET /\u00e9"})
    void aRequestLineThatIsNoneReachesNobody(String line) throws IOException {
        String answer = raw(line);

        assertThat(answer).satisfiesAnyOf(none -> assertThat(none).isEmpty(),
                refused -> assertThat(refused).startsWith("HTTP/1.1 400 "));
        assertThat(answer).doesNotContain(INJECTED);
        assertThat(origin.heads()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: y", "Bad Name: 1", "X-Space : 1", "Transfer-Encoding: chunked\r\n"
            + "Content-Length: 3", "Content-Length: 3\r\nContent-Length: 4"})
    void aHeadThatTwoServersCouldReadDifferentlyReachesNobody(String field) throws IOException {
        String answer = raw("GET /a", field);

        assertThat(answer).satisfiesAnyOf(none -> assertThat(none).isEmpty(),
                refused -> assertThat(refused).startsWith("HTTP/1.1 400 "));
        assertThat(origin.heads()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:99999", "a@b", "x\r\nX-Injected: 1", "%0d%0aX-Injected:1",
            ""})
    void theHostFieldNeverShowsInTheRedirect(String host) throws Exception {
        try (var peer = holderOf("/a")) {
            String answer = RawClient.exchange(broker.edge(), "GET /a HTTP/1.1\r\nHost: " + host
                    + "\r\nConnection: close\r\nWant-Repr-Digest: sha-256=1\r\n\r\n");

            assertThat(answer).doesNotContain("evil", INJECTED).satisfiesAnyOf(
                    refused -> assertThat(refused).startsWith("HTTP/1.1 400 "),
                    passed -> assertThat(passed).as("with a field that may be a credential")
                            .startsWith("HTTP/1.1 200 "),
                    redirect -> assertThat(redirect).contains("Location: " + peer.endpoint().url() + "/"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:9999\\r\\nX-Injected: 1", "http://127.0.0.1:9999/%0d%0aX-Injected:1",
            "http://127.0.0.1:9999>; rel=x", "http://u:p@127.0.0.1:9999", "http://127.0.0.1:9999/?a=b",
            "javascript:alert(1)", "//127.0.0.1:9999", "http://127.0.0.1:99999"})
    void anEndpointThatIsMoreThanAnEndpointIsRefused(String endpoint) throws IOException {
        var answer = broker.send("POST", ApiPaths.EMBEDDED + ApiPaths.peers(),
                BodyPublishers.ofString("{\"key\":\"" + "A".repeat(43) + "\",\"endpoint\":\"" + endpoint + "\"}"),
                "Content-Type", "application/json");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue(INJECTED)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a/../b", "/a/%2e%2e/b", "//evil.example/a", "/a//b", "/a%2fb", "/a%5cb", "/a%00b",
            "/a\\b", "http://x/a/../b", "http://x//evil.example", "http://x/a%2fb"})
    void aPathThatTwoServersCouldReadDifferentlyIsRefused(String target) throws IOException {
        String answer = raw("GET " + target);

        assertThat(answer).startsWith("HTTP/1.1 400 ");
        assertThat(origin.heads()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONNECT evil.example:443", "GET evil.example/a", "GET a", "GET mailto:a", "OPTIONS *"})
    void aTargetThatIsNoPathIsRefused(String line) throws IOException {
        String answer = raw(line);

        assertThat(answer).startsWith("HTTP/1.1 400 ");
        assertThat(origin.heads()).isEmpty();
    }

    @Test
    void aFoldedFieldIsPassedOnInOneLine() throws IOException {
        assertThat(raw("GET /a", "X-Folded: one", " two: 2", "X-Next: 3")).startsWith("HTTP/1.1 200 ");

        assertThat(origin.onlyHead().lines()).anyMatch(line -> line.matches("X-Folded: one +two: 2"))
                .contains("X-Next: 3");
    }

    @Test
    void aPathThatLooksLikeAnAbsoluteTargetIsNone() throws IOException {
        String answer = raw("GET /a:b/c://d/e");

        assertThat(answer).startsWith("HTTP/1.1 400 ");
        assertThat(origin.heads()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {33_000, 100_000})
    void aHeadOverTheLimitIsRefused(int length) throws IOException {
        String answer = raw("GET /a", "X-Long: " + "x".repeat(length));

        assertThat(answer).satisfiesAnyOf(none -> assertThat(none).isEmpty(),
                refused -> assertThat(refused).matches("(?s)HTTP/1.1 4(00|31) .*"));
        assertThat(origin.heads()).isEmpty();
    }

    @Test
    void aHeadBelowTheLimitIsPassedOnWhole() throws IOException {
        String field = "X-Long: " + "x".repeat(30_000);

        assertThat(raw("GET /a", field)).startsWith("HTTP/1.1 200 ");
        assertThat(origin.onlyHead()).contains(field);
    }

    @Test
    void theSecondLineOfAFieldCountsToo() throws Exception {
        try (var _ = holderOf("/a")) {
            String answer = raw("GET /a", "Want-Repr-Digest: sha-256=1", "Cache-Control: max-age=0",
                    "Cache-Control: no-cache");

            assertThat(answer).startsWith("HTTP/1.1 200 ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/.well-known/fingerpost", "/.well-known/fingerpost/", "/.well-known/fingerpost/v1/peers",
            "/.well-known/fingerpost/v1/../../secret", "/.well-known/fingerpost?x",
            "/.well-known/fingerpost/v1/nothing",
            "http://x/.well-known/fingerpost/v2"})
    void aReservedPathNeverReachesTheOrigin(String target) throws IOException {
        for (String method : new String[] {"GET", "HEAD", "POST", "PUT", "DELETE"}) {
            raw(method + " " + target);
        }

        assertThat(origin.heads()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/.well-known/fingerpostx", "/.well-known/other", "/.well-known", "/fingerpost"})
    void aPathBesideTheReservedOneIsTheOrigins(String path) throws IOException {
        assertThat(raw("GET " + path)).startsWith("HTTP/1.1 200 ");
        assertThat(origin.onlyHead()).startsWith("GET " + path + " ");
    }

    @Test
    void theReservedPathTellsAgentsWhereTheRegistryIs() throws IOException {
        assertThat(broker.registry().discover().registry()).isEqualTo(ApiPaths.EMBEDDED);
        assertThat(broker.requests()).isEmpty();
    }
}
