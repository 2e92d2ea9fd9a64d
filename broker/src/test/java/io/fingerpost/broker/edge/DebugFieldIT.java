package io.fingerpost.broker.edge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.FakePeer;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.tls.TestCertificate;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DebugFieldIT {
    private static final String PATH = "/map.pak";
    private static final String TOKEN = "0123456789-debug";
    private static final byte[] BODY = Origins.bytes(5000);

    @RegisterExtension
    static final WireMockExtension ORIGIN = Origins.origin();

    @TempDir
    Path data;

    @TempDir
    Path files;

    private BrokerFixture broker;
    private Representation map;
    private TestCertificate certificate;

    @BeforeEach
    void start() throws IOException {
        ORIGIN.stubFor(any(anyUrl()).willReturn(Origins.shareable(BODY)));
        certificate = TestCertificate.in(files, "broker");
        broker = new BrokerFixture(data, ORIGIN.baseUrl(), "admin.debug-token=" + TOKEN,
                "edge.tls.listen=127.0.0.1:0", "edge.tls.certificate=" + certificate.certificate(),
                "edge.tls.key=" + certificate.key());
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10))
                .until(() -> broker.get(PATH).headers().firstValue("Repr-Digest").isPresent());
        map = broker.representation(Sha256.digestOf(BODY));
        ORIGIN.resetRequests();
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private static JsonNode explanation(HttpResponse<?> answer) {
        var lines = answer.headers().allValues("Fingerpost-Explain");
        assertThat(lines).hasSize(1);
        assertThat(lines.getFirst()).matches("[ -~]{1,4096}").doesNotContain(TOKEN, "?t=");
        return new JsonMapper().readTree(lines.getFirst());
    }

    private HttpResponse<byte[]> getVerifying(String... fields) throws IOException {
        var all = new String[fields.length + 2];
        all[0] = "Want-Repr-Digest";
        all[1] = "sha-256=10";
        System.arraycopy(fields, 0, all, 2, fields.length);
        return broker.get(PATH, all);
    }

    @Test
    void aRedirectIsExplainedAndOtherwiseTheSame() throws Exception {
        try (var peer = FakePeer.at(broker).holding(map)) {
            var plain = getVerifying();
            var answer = getVerifying("Fingerpost-Debug", TOKEN);

            assertThat(answer.statusCode()).isEqualTo(302);
            var explained = explanation(answer);
            assertThat(explained.at("/decision/action").asString()).isEqualTo("redirect");
            assertThat(explained.at("/decision/endpoint").asString()).isEqualTo(peer.endpoint().url());
            // Of the decision that was made: what is charged for it is not in flight yet, what was before is.
            assertThat(explained.at("/candidates/0/bytesInFlight").asLong()).isEqualTo(BODY.length);
            assertThat(answer.headers().firstValue("Location").orElseThrow()).startsWith(peer.endpoint().url());
            var fields = new HashMap<>(answer.headers().map());
            fields.remove("fingerpost-explain");
            assertThat(fields.keySet()).isEqualTo(plain.headers().map().keySet());
            assertThat(fields.get("cache-control")).isEqualTo(plain.headers().map().get("cache-control"));
        }
    }

    @Test
    void anAnswerOfTheOriginIsExplainedAndTheOriginNeverSeesTheToken() throws Exception {
        ORIGIN.stubFor(any(urlEqualTo("/new")).willReturn(
                Origins.shareable(BODY).withHeader("Fingerpost-Explain", "the origin's own")));

        var shared = explanation(broker.get("/new", "Fingerpost-Debug", TOKEN));
        var passedOn = explanation(broker.get("/new", "Fingerpost-Debug", TOKEN, "Authorization", "Basic Zm9v"));
        var posted = explanation(
                broker.send("POST", "/new", BodyPublishers.ofString("x"), "Fingerpost-Debug", TOKEN));

        assertThat(shared.at("/decision/reason").asString()).isEqualTo("unknown");
        assertThat(passedOn.at("/decision/reason").asString()).isEqualTo("authorization");
        assertThat(posted.at("/decision/reason").asString()).isEqualTo("method");
        assertThat(ORIGIN.getAllServeEvents()).hasSize(3)
                .allSatisfy(event -> assertThat(event.getRequest().containsHeader("Fingerpost-Debug")).isFalse());
    }

    @Test
    void aRejectionIsExplained() throws IOException {
        var answer = broker.get("/a%2f..%2fb", "Fingerpost-Debug", TOKEN);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(explanation(answer).at("/decision/action").asString()).isEqualTo("reject");
        assertThat(explanation(answer).at("/decision/reason").asString()).isEqualTo("bad_path");
    }

    @Test
    void aSiteThatIsUnknownIsExplained() throws IOException {
        try (var sites = new BrokerFixture(data.resolve("sites"), ORIGIN.baseUrl(), "admin.debug-token=" + TOKEN,
                "edge.sites=a.example")) {
            var answer = sites.get("/x", "Fingerpost-Debug", TOKEN);

            assertThat(answer.statusCode()).isEqualTo(421);
            assertThat(explanation(answer).at("/decision/reason").asString()).isEqualTo("unknown_site");
        }
    }

    @Test
    void whatWasRevalidatedIsExplainedByWhatWasDecidedThen() throws Exception {
        try (var peer = FakePeer.at(broker).holding(map)) {
            broker.clock().advance(Duration.ofMinutes(61));
            try (var again = FakePeer.at(broker).holding(map)) {
                ORIGIN.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(304).withHeader("ETag", "\"v1\"")
                        .withHeader("Cache-Control", "public, max-age=3600")));

                var answer = getVerifying("Fingerpost-Debug", TOKEN);

                assertThat(answer.statusCode()).isEqualTo(302);
                assertThat(explanation(answer).at("/decision/endpoint").asString()).isEqualTo(again.endpoint().url());
                assertThat(explanation(answer).at("/candidates").findValuesAsString("excluded"))
                        .containsExactly("gone");
                assertThat(peer.endpoint()).isNotEqualTo(again.endpoint());
            }
        }
    }

    @Test
    void aWrongTokenIsAFieldLikeAnyOther() throws Exception {
        try (var _ = FakePeer.at(broker).holding(map)) {
            String asAnyOther = broker.decisionOn(() -> getVerifying("Fingerpost-Whatever", "1"));
            for (String wrong : List.of("0123456789-debuG", TOKEN + ",", TOKEN + "," + TOKEN, "")) {
                ORIGIN.resetRequests();

                assertThat(broker.decisionOn(() -> {
                    var answer = getVerifying("Fingerpost-Debug", wrong);
                    assertThat(answer.headers().firstValue("Fingerpost-Explain")).isEmpty();
                    return answer;
                })).as(wrong).isEqualTo(asAnyOther).isEqualTo("origin unusual_field");

                ORIGIN.verify(getRequestedFor(urlEqualTo(PATH)).withHeader("Fingerpost-Debug",
                        equalTo(wrong)));
            }
        }
    }

    @Test
    void theTokenGoesNoFurtherHoweverOftenItIsSent() throws Exception {
        for (String other : List.of(TOKEN, "0123456789-debuG", "")) {
            ORIGIN.resetRequests();

            var answer = broker.get("/plain", "Fingerpost-Debug", other, "Fingerpost-Debug", TOKEN, "Authorization",
                    "Basic Zm9v");

            assertThat(explanation(answer).at("/decision/reason").asString()).isEqualTo("authorization");
            assertThat(ORIGIN.getAllServeEvents()).hasSize(1)
                    .allSatisfy(event -> assertThat(event.getRequest().containsHeader("Fingerpost-Debug")).isFalse());
        }
    }

    @Test
    void withoutAFieldNothingIsExplained() throws Exception {
        assertThat(getVerifying().headers().firstValue("Fingerpost-Explain")).isEmpty();
    }

    @Test
    void aBrokerWithoutATokenExplainsNothing() throws IOException {
        try (var mute = new BrokerFixture(data.resolve("mute"), ORIGIN.baseUrl())) {
            assertThat(mute.get("/x", "Fingerpost-Debug", "").headers().firstValue("Fingerpost-Explain")).isEmpty();
        }
    }

    @Test
    void whatIsLearnedMeanwhileIsLearnedAllTheSame() throws Exception {
        broker.get("/learned", "Fingerpost-Debug", TOKEN);

        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10)).until(
                () -> broker.get("/learned").headers().firstValue("Repr-Digest").isPresent());
        assertThat(broker.get("/learned").headers().firstValue("Fingerpost-Explain")).isEmpty();
    }

    @Test
    void headIsExplainedToo() throws Exception {
        try (var _ = FakePeer.at(broker).holding(map)) {
            var answer = broker.send("HEAD", PATH, BodyPublishers.noBody(), "Want-Repr-Digest", "sha-256=10",
                    "Fingerpost-Debug", TOKEN);

            assertThat(explanation(answer).at("/decision/action").asString()).isEqualTo("redirect");
        }
        var proxied = broker.send("HEAD", "/other", BodyPublishers.noBody(), "Fingerpost-Debug", TOKEN);
        assertThat(explanation(proxied).at("/request/method").asString()).isEqualTo("HEAD");
    }

    @Test
    void soIsAnAnswerByHttp2() throws Exception {
        try (var peer = FakePeer.at(broker).holding(map);
                var client = HttpClient.newBuilder().sslContext(TestCertificate.trust(certificate)).build()) {
            var request = HttpRequest.newBuilder(URI.create("https://localhost:" + broker.edgeTls().port() + PATH))
                    .header("Want-Repr-Digest", "sha-256=10").header("Fingerpost-Debug", TOKEN).build();

            var answer = client.send(request, BodyHandlers.ofByteArray());

            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(explanation(answer).at("/decision/endpoint").asString()).isEqualTo(peer.endpoint().url());
            assertThat(explanation(answer).at("/request/client/secure").asBoolean()).isTrue();
        }
    }

    @Test
    void aLongPathDoesNotBreakTheBound() throws IOException {
        var answer = broker.get("/" + "x".repeat(6000), "Fingerpost-Debug", TOKEN);

        assertThat(explanation(answer).at("/decision/reason").asString()).isEqualTo("long_path");
    }
}
