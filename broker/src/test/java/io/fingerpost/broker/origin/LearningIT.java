package io.fingerpost.broker.origin;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.head;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static io.fingerpost.broker.Origins.shareable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawClient;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.client.RegistryRefused;
import io.fingerpost.contract.http.DigestField;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What answers teach the broker, and which teach it nothing. */
class LearningIT {
    private static final String PATH = "/map.pak";
    private static final byte[] BODY = Origins.bytes(600 * 1024);
    private static final Sha256 DIGEST = Sha256.digestOf(BODY);

    /** What a request is decided to be, when there is no peer. */
    private static final String KNOWN = "origin no_holder";
    private static final String UNKNOWN = "origin unknown";
    private static final String UNLABELLED = "origin unlabelled";

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

    private static String label(HttpResponse<?> response) {
        return response.headers().firstValue("Fingerpost-Label").orElse("none");
    }

    @Test
    void oneWholeAnswerTeachesDigestSizePiecesAndHeaders() throws IOException {
        originAnswers(shareable(BODY).withHeader("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
                .withHeader("X-Not-Replayed", "1"));

        var answer = broker.get(PATH);

        assertThat(answer.body()).isEqualTo(BODY);
        Representation learned = await().ignoreException(RegistryRefused.class)
                .until(() -> broker.representation(DIGEST), known -> known != null);
        assertThat(learned.size()).isEqualTo(BODY.length);
        assertThat(learned.headers().fields()).containsOnlyKeys("Cache-Control", "Content-Type", "ETag",
                "Last-Modified");
        assertThat(learned.pieces().count()).isEqualTo(10);
        assertThat(IntStream.range(0, 10).mapToObj(learned.pieces()::get).toList()).isEqualTo(
                IntStream.range(0, 10).map(piece -> piece * 64 * 1024).mapToObj(first -> Sha256.digestOf(
                        Arrays.copyOfRange(BODY, first, Math.min(first + 64 * 1024, BODY.length)))).toList());
    }

    @Test
    void theSecondAnswerNamesTheDigestAndTheFirstCannot() throws IOException {
        originAnswers(shareable(BODY));

        var first = broker.get(PATH);
        learn();
        var second = broker.get(PATH);

        assertThat(first.headers().firstValue("Repr-Digest")).isEmpty();
        assertThat(second.headers().allValues("Repr-Digest")).containsExactly(DigestField.format(DIGEST));
        assertThat(second.body()).isEqualTo(BODY);
    }

    @Test
    void theOriginsOwnDigestIsPassedOn() throws IOException {
        originAnswers(shareable(BODY).withHeader("Repr-Digest", "sha-512=:AAAA:"));

        broker.get(PATH);
        await().until(() -> broker.decisionOn(PATH).equals(KNOWN));

        assertThat(broker.get(PATH).headers().allValues("Repr-Digest")).containsExactly("sha-512=:AAAA:");
    }

    @Test
    void aHeadOfWhatIsKnownNamesTheDigestToo() throws IOException {
        originAnswers(shareable(BODY));
        ORIGIN.stubFor(head(urlEqualTo(PATH))
                .willReturn(shareable(BODY)));
        learn();

        var answer = broker.send("HEAD", PATH, BodyPublishers.noBody());

        assertThat(answer.headers().firstValue("Repr-Digest")).hasValue(DigestField.format(DIGEST));
        assertThat(answer.headers().firstValue("Content-Length")).hasValue(Integer.toString(BODY.length));
    }

    @Test
    void theLabelIsShown() throws IOException {
        originAnswers(shareable(BODY).withHeader("Fingerpost-Label", "forged"));

        assertThat(broker.get(PATH).headers().allValues("Fingerpost-Label")).containsExactly("shareable");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "Cache-Control | private, max-age=60 | not-public",
            "Cache-Control | public | not-fresh",
            "ETag | W/\"v1\" | no-strong-validator",
            "Set-Cookie | a=b | sets-cookie",
            "Vary | Cookie | varies"})
    void whatIsRefusedIsNotLearnedAndTheReasonIsShown(String name, String value, String reason) throws Exception {
        originAnswers(aResponse().withBody(BODY)
                .withHeader("Cache-Control", name.equals("Cache-Control") ? value : "public, max-age=60")
                .withHeader("ETag", name.equals("ETag") ? value : "\"v1\"")
                .withHeader("Set-Cookie".equals(name) || "Vary".equals(name) ? name : "X-Other", value));

        var answer = broker.get(PATH);

        assertThat(answer.body()).isEqualTo(BODY);
        assertThat(label(answer)).isEqualTo("refused;reason=" + reason);
        assertThat(broker.decisionOn(PATH)).isEqualTo(UNLABELLED);
    }

    @Test
    void aCodedAnswerIsPassedOnButNotLearned() throws Exception {
        originAnswers(shareable(BODY).withHeader("Content-Encoding", "gzip"));

        var answer = broker.get(PATH);

        assertThat(answer.body()).isEqualTo(BODY);
        assertThat(label(answer)).isEqualTo("refused;reason=coded");
        assertThat(broker.decisionOn(PATH)).isEqualTo(UNKNOWN);
    }

    @Test
    void aCodedAnswerLeavesWhatIsKnownOfTheIdentityCoding() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        originAnswers(shareable(BODY, "\"v1-gzip\"").withHeader("Content-Encoding", "gzip"));
        broker.get(PATH);

        assertThat(broker.decisionOn(PATH)).isEqualTo(KNOWN);
    }

    @Test
    void anAnswerToHeadTeachesNothing() throws Exception {
        ORIGIN.stubFor(any(anyUrl()).willReturn(shareable(BODY)));

        broker.send("HEAD", PATH, BodyPublishers.noBody());

        assertThat(broker.decisionOn(PATH)).isEqualTo(UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(ints = {206, 203, 301, 404, 410, 500})
    void anyStatusBut200TeachesNothing(int status) throws Exception {
        originAnswers(shareable(BODY).withStatus(status).withHeader("Content-Range", "bytes 0-99/100"));

        var answer = broker.get(PATH);

        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.body()).isEqualTo(BODY);
        assertThat(label(answer)).isEqualTo("none");
        assertThat(broker.decisionOn(PATH)).isEqualTo(UNKNOWN);
    }

    @Test
    void a304ForWhatIsNotKnownTeachesNothing() throws Exception {
        originAnswers(aResponse().withStatus(304).withHeader("ETag", "\"v1\"").withHeader("Cache-Control",
                "public, max-age=60"));

        assertThat(broker.get(PATH, "If-None-Match", "\"v1\"").statusCode()).isEqualTo(304);

        assertThat(broker.decisionOn(PATH)).isEqualTo(UNKNOWN);
    }

    @Test
    void aClientThatLeavesEarlyTeachesNothing() throws Exception {
        byte[] large = Origins.bytes(20 << 20);
        originAnswers(shareable(large));

        try (var client = new RawClient(broker.edge())) {
            client.send("GET " + PATH + " HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200");
        }

        await().until(() -> broker.admin("/metrics").body().contains("fingerpost_registry_resources 0.0"));
        originAnswers(aResponse().withStatus(500));
        assertThat(broker.decisionOn(PATH)).isEqualTo(UNKNOWN);
    }

    @Test
    void theQueryMakesAnotherResource() throws Exception {
        originAnswers(shareable(BODY));
        learn();

        assertThat(broker.decisionOn(PATH + "?v=2")).isEqualTo(UNKNOWN);
    }

    @Test
    void aFieldTooLongToReplayIsPassedOnAndTheResourceNotLearned() throws Exception {
        String name = "attachment; filename=" + "a".repeat(5000);
        originAnswers(shareable(BODY).withHeader("Content-Disposition", name));

        var answer = broker.get(PATH);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Disposition")).hasValue(name);
        assertThat(answer.body()).isEqualTo(BODY);
        assertThat(broker.get(PATH).headers().firstValue("Repr-Digest")).isEmpty();
    }
}
