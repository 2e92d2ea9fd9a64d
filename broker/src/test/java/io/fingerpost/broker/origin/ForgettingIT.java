package io.fingerpost.broker.origin;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.head;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.options;
import static com.github.tomakehurst.wiremock.client.WireMock.patch;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.put;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.fingerpost.broker.Origins.shareable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.http.DigestField;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When what is known is believed longer, and when no more. */
class ForgettingIT {
    private static final String PATH = "/map.pak";
    private static final byte[] BODY = Origins.bytes(600 * 1024);

    /** What a request is decided to be, when there is no peer. */
    private static final String KNOWN = "origin no_holder";
    private static final String UNKNOWN = "origin unknown";
    private static final String UNLABELLED = "origin unlabelled";
    private static final String STALE = "origin stale";

    @RegisterExtension
    static final WireMockExtension ORIGIN = Origins.origin();

    @TempDir
    Path data;

    private BrokerFixture broker;

    @BeforeEach
    void start() {
        broker = new BrokerFixture(data, ORIGIN.baseUrl());
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private static void originAnswers(ResponseDefinitionBuilder answer) {
        ORIGIN.stubFor(get(PATH).willReturn(answer));
    }

    /** Asks until the broker says that it knows what it passes on; hashing ends a moment after the last byte. */
    private void learn() {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10))
                .until(() -> broker.get(PATH).headers().firstValue("Repr-Digest").isPresent());
    }

    @Test
    void aChangedEntityTagDropsTheOldDigestBeforeTheNewBytesAreThere() throws Exception {
        String head = "HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nContent-Length: 5000\r\nETag: ";
        var testOver = new CountDownLatch(1);
        var answers = new AtomicInteger();
        try (var origin = new RawOrigin(connection -> {
            connection.readHead();
            switch (answers.incrementAndGet()) {
                case 1 -> connection.write(head + "\"v1\"\r\n\r\n" + "x".repeat(5000));
                case 2 -> connection.write(head + "\"v2\"\r\n\r\nhalf").waitFor(testOver);
                default -> connection.write("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
            }
        });
                var fronted = new BrokerFixture(data.resolve("fronted"), origin.url());
                var client = new RawClient(fronted.edge())) {
            fronted.get(PATH);
            await().until(() -> fronted.admin("/metrics").body().contains("fingerpost_registry_resources 1.0"));

            client.send("GET " + PATH + " HTTP/1.1\r\nHost: x\r\n\r\n").readHead();

            // Of the new bytes only four are there, and who wants just them gets them from the fetch that is under way.
            assertThat(fronted.decisionOn(() -> fronted.get(PATH, "Range", "bytes=0-3"))).isEqualTo(UNKNOWN);
            testOver.countDown();
        }
    }

    @Test
    void aChangedRepresentationIsLearnedAnew() {
        originAnswers(shareable(BODY));
        learn();

        byte[] changed = Origins.bytes(5000);
        originAnswers(shareable(changed, "\"v2\""));

        await().untilAsserted(() -> assertThat(broker.get(PATH).headers().firstValue("Repr-Digest"))
                .hasValue(DigestField.format(Sha256.digestOf(changed))));
    }

    @Test
    void aHeadThatShowsAnotherEntityTagDropsTheOldDigest() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        ORIGIN.stubFor(any(anyUrl()).willReturn(shareable(BODY, "\"v2\"")));
        broker.send("HEAD", PATH, BodyPublishers.noBody());

        assertThat(broker.decisionOn(PATH)).isEqualTo(UNKNOWN);
    }

    @Test
    void aHeadWithoutALengthChangesNothing() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        try (var lengthless = RawOrigin.answering("HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\n"
                + "ETag: \"v1\"\r\n\r\n")) {
            ORIGIN.stubFor(any(anyUrl()).willReturn(aResponse().proxiedFrom(lengthless.url())));
            broker.send("HEAD", PATH, BodyPublishers.noBody());
        }

        assertThat(broker.decisionOn(PATH)).isEqualTo(KNOWN);
    }

    @Test
    void aPartThatShowsAnotherEntityTagDropsTheOldDigest() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        originAnswers(aResponse().withStatus(206).withBody("x").withHeader("ETag", "\"v2\"")
                .withHeader("Content-Range", "bytes 0-0/600"));
        broker.get(PATH, "Range", "bytes=0-0");

        assertThat(broker.decisionOn(PATH)).isEqualTo(UNKNOWN);
    }

    @Test
    void aPartOfWhatIsKnownChangesNothing() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        originAnswers(aResponse().withStatus(206).withBody("x").withHeader("ETag", "\"v1\"")
                .withHeader("Content-Range", "bytes 0-0/614400"));
        broker.get(PATH, "Range", "bytes=0-0");

        assertThat(broker.decisionOn(PATH)).isEqualTo(KNOWN);
    }

    @Test
    void whatIsKnownGetsStaleAndAWholeAnswerRefreshesIt() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        broker.clock().advance(Duration.ofHours(1));

        assertThat(broker.decisionOn(PATH)).isEqualTo(STALE);
        assertThat(broker.decisionOn(PATH)).isEqualTo(KNOWN);
    }

    @Test
    void a304WithTheSameEntityTagRefreshesFreshness() throws Exception {
        originAnswers(shareable(BODY));
        learn();
        broker.clock().advance(Duration.ofMinutes(59));

        originAnswers(aResponse().withStatus(304).withHeader("ETag", "\"v1\""));
        broker.get(PATH, "If-None-Match", "\"v1\"");
        broker.clock().advance(Duration.ofMinutes(59));

        assertThat(broker.decisionOn(PATH)).isEqualTo(KNOWN);
    }

    @Test
    void a304MayShortenFreshness() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        originAnswers(aResponse().withStatus(304).withHeader("ETag", "\"v1\"").withHeader("Cache-Control",
                "public, max-age=10"));
        broker.get(PATH, "If-None-Match", "\"v1\"");
        broker.clock().advance(Duration.ofSeconds(10));

        assertThat(broker.decisionOn(PATH)).isEqualTo(STALE);
    }

    @Test
    void a304WithAnotherEntityTagForgets() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        originAnswers(aResponse().withStatus(304).withHeader("ETag", "\"v2\""));
        broker.get(PATH, "If-None-Match", "\"v2\"");

        assertThat(broker.decisionOn(PATH)).isEqualTo(UNKNOWN);
    }

    @Test
    void a304ThatTakesTheLabelAwayRefuses() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        originAnswers(aResponse().withStatus(304).withHeader("ETag", "\"v1\"").withHeader("Cache-Control", "private"));
        broker.get(PATH, "If-None-Match", "\"v1\"");

        assertThat(broker.decisionOn(PATH)).isEqualTo(UNLABELLED);
    }

    @Test
    void aLabelThatWasTakenAwayIsObeyedAtOnce() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        originAnswers(shareable(BODY).withHeader("Set-Cookie", "a=b"));
        broker.get(PATH);

        assertThat(broker.decisionOn(PATH)).isEqualTo(UNLABELLED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "MADEUP"})
    void oneThatTheOriginRefusesChangesNothing(String method) throws Exception {
        originAnswers(shareable(BODY));
        learn();

        ORIGIN.stubFor(any(urlEqualTo(PATH)).atPriority(1).withHeader("X-Method", matching(".*"))
                .willReturn(aResponse().withStatus(405)));
        broker.send(method, PATH, BodyPublishers.ofString("x"), "X-Method", method);

        assertThat(broker.decisionOn(PATH)).isEqualTo(KNOWN);
    }

    @Test
    void whatIsSaidOfACodedCopySaysNothingOfTheIdentity() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        ORIGIN.stubFor(get(urlEqualTo(PATH)).atPriority(1).withHeader("If-None-Match", matching(".*"))
                .willReturn(aResponse().withStatus(304).withHeader("ETag", "W/\"v1-gzip\"")));
        broker.get(PATH, "If-None-Match", "W/\"v1-gzip\"", "Accept-Encoding", "gzip");

        assertThat(broker.decisionOn(PATH)).isEqualTo(KNOWN);
    }

    @Test
    void anUnusualRequestTeachesNothingByAPartNorByAConfirmation() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        ORIGIN.stubFor(get(urlEqualTo(PATH)).atPriority(1).withHeader("X-Original-URL", matching(".*"))
                .willReturn(aResponse().withStatus(304).withHeader("ETag", "\"other\"")
                        .withHeader("Cache-Control", "private")));
        broker.get(PATH, "If-None-Match", "*", "X-Original-URL", "/other");
        ORIGIN.stubFor(get(urlEqualTo(PATH)).atPriority(1).withHeader("X-Original-URL", matching(".*"))
                .willReturn(aResponse().withStatus(206).withHeader("ETag", "\"other\"")
                        .withHeader("Content-Range", "bytes 0-0/9").withBody("x")));
        broker.get(PATH, "Range", "bytes=0-0", "X-Original-URL", "/other");

        assertThat(broker.decisionOn(PATH)).isEqualTo(KNOWN);
    }

    @Test
    void thatAPageWasNamedToTheOriginSaysNothingOfOthers() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        ORIGIN.stubFor(get(urlEqualTo(PATH)).atPriority(1).withHeader("Origin", matching(".*"))
                .willReturn(shareable(BODY).withHeader("Vary", "Origin")));
        broker.get(PATH, "Origin", "https://page.example", "Cache-Control", "no-cache");

        assertThat(broker.decisionOn(PATH)).isNotEqualTo(UNLABELLED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
    void aRequestThatMayChangeTheResourceForgetsIt(String method) throws Exception {
        originAnswers(shareable(BODY));
        learn();

        ORIGIN.stubFor(post(PATH).willReturn(shareable(BODY)));
        ORIGIN.stubFor(put(PATH).willReturn(aResponse().withStatus(204)));
        ORIGIN.stubFor(delete(PATH).willReturn(aResponse().withStatus(202)));
        ORIGIN.stubFor(patch(urlEqualTo(PATH)).willReturn(aResponse().withStatus(303)));
        broker.send(method, PATH, BodyPublishers.ofString("x"));

        assertThat(broker.decisionOn(PATH)).isEqualTo(UNKNOWN);
    }

    /** A page on another site asks so before each request that wants a digest: the resource must not be lost by that. */
    @Test
    void aPreflightForgetsNothing() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        ORIGIN.stubFor(options(urlEqualTo(PATH))
                .willReturn(aResponse().withStatus(200).withBody("ok")));
        broker.send("OPTIONS", PATH, BodyPublishers.noBody(), "Access-Control-Request-Method", "GET");

        assertThat(broker.decisionOn(PATH)).isEqualTo(KNOWN);
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 410})
    void aResourceThatIsGoneIsForgotten(int status) throws Exception {
        originAnswers(shareable(BODY));
        learn();

        originAnswers(aResponse().withStatus(status));
        broker.get(PATH);

        assertThat(broker.decisionOn(PATH)).isEqualTo(UNKNOWN);
    }

    @Test
    void anErrorOfTheOriginForgetsNothing() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        originAnswers(aResponse().withStatus(503));
        broker.get(PATH);

        assertThat(broker.decisionOn(PATH)).isEqualTo(KNOWN);
    }
}
