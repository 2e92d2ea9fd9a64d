package io.fingerpost.broker.edge;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.FakePeer;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawClient;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the operator's rules change, at the edge and towards the origin. */
class RulesIT {
    private static final byte[] BODY = Origins.bytes(5000);
    private static final Sha256 DIGEST = Sha256.digestOf(BODY);
    private static final String[] VERIFYING = {"Want-Repr-Digest", "sha-256=10"};

    @RegisterExtension
    static final WireMockExtension ORIGIN = Origins.origin();

    @TempDir
    Path data;

    private BrokerFixture broker;

    @BeforeEach
    void shareable() {
        ORIGIN.resetAll();
        ORIGIN.stubFor(any(anyUrl()).willReturn(Origins.shareable(BODY)));
    }

    private void start(String rules, String... settings) throws IOException {
        Path file = Files.writeString(data.resolve("edge.yaml"), "sharing:\n  rules:\n" + rules);
        broker = BrokerFixture.withFile(data.resolve("data"), ORIGIN.baseUrl(), file, settings);
    }

    private Representation learned(String path) throws IOException {
        broker.get(path);
        return broker.representation(DIGEST);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    @Test
    void aPathThatIsNotToBeSharedIsNot() throws Exception {
        start("    - {path: '/private/**', share: no}\n");
        var map = learned("/public/a");
        try (var _ = FakePeer.at(broker).holding(map)) {
            var answer = broker.get("/private/a", VERIFYING);

            assertThat(answer.headers().firstValue("Fingerpost-Label")).hasValue("refused;reason=by-rule");
            assertThat(broker.decisionOn("/private/a")).isEqualTo("origin rule");
            assertThat(broker.decisionOn("/public/a")).isEqualTo("redirect held");
        }
    }

    @Test
    void aPathThatIsToBeSharedNeedsNoWordOfTheOriginButListensToANo() throws Exception {
        start("    - {path: '/yes/**', share: yes, fresh-for: 1h}\n");
        ORIGIN.stubFor(any(anyUrl()).willReturn(aResponse()
                .withBody(BODY).withHeader("ETag", "\"v1\"")));
        ORIGIN.stubFor(any(urlEqualTo("/yes/private")).willReturn(
                Origins.shareable(BODY).withHeader("Cache-Control", "private")));
        broker.get("/yes/a");
        broker.get("/yes/private");
        broker.get("/no/a");

        assertThat(broker.decisionOn("/yes/a")).isEqualTo("origin no_holder");
        assertThat(broker.decisionOn("/yes/private")).isEqualTo("origin unlabelled");
        assertThat(broker.decisionOn("/no/a")).isEqualTo("origin unlabelled");
    }

    @Test
    void aPathThatIsSpeltOtherwiseIsTheSame() throws Exception {
        start("    - {path: '/private/**', share: no}\n");

        assertThat(broker.get("/%70riv%61te/a").headers().firstValue("Fingerpost-Label"))
                .hasValue("refused;reason=by-rule");
        assertThat(broker.get("/private/" + "a".repeat(4_096)).headers().firstValue("Fingerpost-Label"))
                .as("longer than rules are read for").hasValue("shareable");
        assertThat(broker.decisionOn("/private/" + "a".repeat(4_096))).isEqualTo("origin long_path");
    }

    @Test
    void audienceAndFloorAreThoseOfThePath() throws Exception {
        start("    - {path: '/open/*', audience: any}\n    - {path: '/big/*', min-size: 1MiB}\n");
        var map = learned("/open/a");
        broker.get("/big/a");
        broker.get("/other/a");
        try (var peer = FakePeer.at(broker).holding(map)) {
            assertThat(broker.get("/open/a").headers().firstValue("Location").orElseThrow())
                    .startsWith(peer.endpoint().url());
            assertThat(broker.decisionOn("/big/a")).isEqualTo("origin too_small");
            assertThat(broker.get("/other/a").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void cookiesThatChangeNothingNeitherBarARedirectNorReachTheOrigin() throws Exception {
        start("    - {path: '/**', ignore-cookies: ['_ga', '_gid*']}\n");
        broker.get("/a", "Cookie", "_ga=1; _gid_x=2");
        var map = broker.representation(DIGEST);
        try (var _ = FakePeer.at(broker).holding(map)) {
            assertThat(broker.get("/a", "Want-Repr-Digest", "sha-256=1", "Cookie", "_ga=1").statusCode())
                    .isEqualTo(302);
            assertThat(broker.get("/a", "Want-Repr-Digest", "sha-256=1", "Cookie", "_ga=1; session=2").statusCode())
                    .isEqualTo(200);
        }

        var cookies = ORIGIN.getAllServeEvents().reversed().stream()
                .map(event -> String.valueOf(event.getRequest().getHeader("Cookie"))).toList();
        assertThat(cookies).containsExactly("null", "_ga=1; session=2");
    }

    @Test
    void fieldsThatChangeNothingDoNotBarARedirect() throws Exception {
        start("    - {path: '/**', ignore-fields: [x-unity-version]}\n");
        broker.get("/a", "X-Unity-Version", "6");
        var map = broker.representation(DIGEST);
        try (var _ = FakePeer.at(broker).holding(map)) {
            assertThat(broker.get("/a", "Want-Repr-Digest", "sha-256=1", "X-Unity-Version", "6").statusCode())
                    .isEqualTo(302);
            assertThat(broker.decisionOn(
                    () -> broker.get("/a", "Want-Repr-Digest", "sha-256=1", "X-Api-Key", "secret")))
                    .isEqualTo("origin unusual_field");
        }
    }

    @Test
    void parametersThatDoNotCountMakeNoOtherResourceAndDoNotReachTheOrigin() throws Exception {
        start("    - {path: '/**', count-query: [v]}\n");
        var map = learned("/a?utm_source=x&v=1");
        try (var _ = FakePeer.at(broker).holding(map)) {
            assertThat(broker.decisionOn("/a?v=1&utm_source=y")).isEqualTo("redirect held");
            assertThat(broker.decisionOn("/a?v=2&utm_source=y")).isEqualTo("origin unknown");
            broker.send("POST", "/a?v=3&utm_source=z", BodyPublishers.noBody());
            broker.get("/a?v=1&sig=x");
        }

        assertThat(ORIGIN.getAllServeEvents().reversed().stream().map(event -> event.getRequest().getUrl()))
                .as("but for what may need them")
                .containsExactly("/a?v=1", "/a?v=2", "/a?v=3&utm_source=z", "/a?v=1&sig=x");
    }

    @Test
    void anAgentFindsARepresentationUnderWhateverItsQueryIs() throws Exception {
        start("    - {path: '/**', count-query: [v]}\n");
        learned("/a?v=1");

        assertThat(broker.registry().representation(DIGEST, "/a?utm_source=q&v=1").digest()).isEqualTo(DIGEST);
    }

    @Test
    void onAMissClientsMayBeSentToThePublicOrigin() throws Exception {
        start("    - {path: '/**', on-miss: redirect}\n", "origin.public-url=https://cdn.example/files/");
        ORIGIN.stubFor(any(urlEqualTo("/private")).willReturn(
                Origins.shareable(BODY).withHeader("Cache-Control", "private")));

        assertThat(broker.get("/a?v=1").statusCode()).as("it has to be learned").isEqualTo(200);
        var miss = broker.get("/a?v=1");
        assertThat(broker.get("/private").statusCode()).isEqualTo(200);
        var unlabelled = broker.get("/private");
        ORIGIN.resetRequests();

        assertThat(miss.statusCode()).isEqualTo(302);
        assertThat(miss.headers().firstValue("Location")).hasValue("https://cdn.example/files/a?v=1");
        assertThat(miss.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(miss.headers().firstValue("Target-Repr-Digest")).isEmpty();
        assertThat(unlabelled.headers().firstValue("Location")).hasValue("https://cdn.example/files/private");
        assertThat(broker.decisionOn("/a?v=1")).isEqualTo("origin_redirect no_holder");
        assertThat(broker.get("/a?v=1", "Authorization", "Basic eA==").statusCode()).isEqualTo(200);
        assertThat(broker.get("/a?v=1", "Fingerpost-Peer", "x").statusCode()).isEqualTo(200);
    }

    @Test
    void encodedSlashesMayBeAllowedForAPath() throws Exception {
        start("    - {path: '/@scope*', encoded-slashes: true}\n");

        assertThat(broker.get("/@scope%2fname").statusCode()).isEqualTo(200);
        assertThat(broker.get("/@scope%2F..%2fname").statusCode()).isEqualTo(400);
        assertThat(broker.get("/other%2fname").statusCode()).isEqualTo(400);
        ORIGIN.verify(1, getRequestedFor(urlEqualTo("/@scope%2fname")));
    }

    @Test
    void sitesThatShareABrokerShareNoResources() throws Exception {
        start("    - {path: '/**', host: b.example, share: no}\n", "edge.sites=a.example,b.example");

        String first = ask("a.example:8080", "/a");
        String other = ask("B.example", "/a");
        String unknown = ask("c.example", "/a");
        String absolute = RawClient.exchange(broker.edge(),
                "GET http://c.example/a HTTP/1.1\r\nHost: c.example\r\nConnection: close\r\n\r\n");

        assertThat(first).contains("Fingerpost-Label: shareable");
        assertThat(other).contains("Fingerpost-Label: refused;reason=by-rule");
        assertThat(unknown).startsWith("HTTP/1.1 421 ").contains("unknown-site");
        assertThat(absolute).startsWith("HTTP/1.1 421 ");
        assertThat(ORIGIN.getAllServeEvents().reversed().stream().map(event -> event.getRequest().getHeader("Host")))
                .containsExactly("a.example", "b.example");
        assertThat(broker.requests()).containsEntry("reject unknown_site", 2);
    }

    private String ask(String host, String path) throws IOException {
        return RawClient.exchange(broker.edge(),
                "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    }

    @Test
    void aClientThatComesBackIsSentToTheNextPeerAndThenToTheOrigin() throws Exception {
        start("    - {path: '/**'}\n", "edge.retry-window=10s");
        var map = learned("/a");
        try (var one = FakePeer.at(broker).holding(map); var two = FakePeer.at(broker).holding(map)) {
            var first = broker.get("/a", VERIFYING).headers().firstValue("Location").orElseThrow();
            var second = broker.get("/a", VERIFYING).headers().firstValue("Location").orElseThrow();
            var third = broker.get("/a", VERIFYING);

            assertThat(first.startsWith(one.endpoint().url())).isEqualTo(second.startsWith(two.endpoint().url()));
            assertThat(third.statusCode()).isEqualTo(200);
            assertThat(third.body()).isEqualTo(BODY);
            assertThat(broker.requests()).containsEntry("origin came_back", 1);
            assertThat(broker.admin("/metrics").body()).contains("fingerpost_broker_suspects_total 2.0");
            broker.clock().advance(Duration.ofSeconds(11));
            assertThat(broker.get("/a", VERIFYING).statusCode()).isEqualTo(302);
        }
    }
}
