package io.fingerpost.broker.admin;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.FakePeer;
import io.fingerpost.broker.Origins;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ExplainIT {
    private static final String PATH = "/map.pak";
    private static final String ASK = "/v1/explain?path=" + PATH + "&client=127.0.0.1";
    private static final String TOKEN = "the operator's token";
    private static final byte[] BODY = Origins.bytes(5000);

    @RegisterExtension
    static final WireMockExtension ORIGIN = Origins.origin();

    @TempDir
    Path data;

    private BrokerFixture broker;
    private Representation map;

    @BeforeEach
    void start() throws IOException {
        ORIGIN.stubFor(any(anyUrl()).willReturn(Origins.shareable(BODY)));
        broker = new BrokerFixture(data, ORIGIN.baseUrl(), "registry.super-node-token=" + TOKEN);
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10))
                .until(() -> broker.get(PATH).headers().firstValue("Repr-Digest").isPresent());
        map = broker.representation(Sha256.digestOf(BODY));
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private JsonNode explain(String parameters) throws IOException {
        var answer = broker.admin(ASK + parameters);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new JsonMapper().readTree(answer.body());
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpResponse<String> askFor(String mediaType) throws IOException {
        return broker.send(HttpRequest.newBuilder(URI.create("http://" + broker.admin() + ASK))
                .header("Accept", mediaType).build(), BodyHandlers.ofString());
    }

    @Test
    void whatItSaysIsWhatARealRequestGets() throws Exception {
        try (var peer = FakePeer.at(broker).holding(map)) {
            var explained = explain("&verifies=true");

            assertThat(explained.at("/decision/action").asString()).isEqualTo("redirect");
            assertThat(explained.at("/decision/endpoint").asString()).isEqualTo(peer.endpoint().url());
            assertThat(explained.at("/decision/peer").asString()).isEqualTo(peer.lease().peerId().value());
            var answer = broker.get(PATH, "Want-Repr-Digest", "sha-256=10");
            assertThat(answer.headers().firstValue("Location").orElseThrow()).startsWith(peer.endpoint().url());
        }
    }

    @Test
    void aClientThatCannotVerifyIsKeptFromStrangers() throws Exception {
        try (var _ = FakePeer.at(broker).holding(map)) {
            var explained = explain("");

            assertThat(explained.at("/candidates/0/excluded").asString()).isEqualTo("not-vouched-for");
            assertThat(explained.at("/decision/action").asString()).isEqualTo("origin");
            assertThat(broker.decisionOn(() -> broker.get(PATH)))
                    .isEqualTo("origin " + explained.at("/decision/reason").asString());
        }
    }

    @Test
    void askingChangesNothing() throws Exception {
        try (var peer = FakePeer.at(broker).holding(map)) {
            var requests = broker.requests();
            for (int i = 0; i < 1000; i++) {
                var explained = explain("&verifies=true");
                assertThat(explained.at("/candidates/0/bytesInFlight").asLong(-1)).isZero();
                assertThat(explained.at("/candidates/0/loadSeconds").asDouble(-1)).isZero();
                assertThat(explained.at("/decision/endpoint").asString()).isEqualTo(peer.endpoint().url());
            }
            assertThat(broker.requests()).isEqualTo(requests);
            broker.get(PATH, "Want-Repr-Digest", "sha-256=10");

            assertThat(explain("&verifies=true").at("/candidates/0/bytesInFlight").asLong()).isEqualTo(BODY.length);
        }
    }

    @Test
    void itTellsOfLabelAndRepresentation() throws IOException {
        var explained = explain("");

        assertThat(explained.at("/request/client/network").asString()).isEqualTo("127.0.0.1/32");
        assertThat(explained.at("/label/known").asString()).isEqualTo("shareable");
        assertThat(explained.at("/label/terms/minSizeBytes").asLong()).isEqualTo(4096);
        assertThat(explained.at("/representation/digest").asString()).isEqualTo(map.digest().hex());
        assertThat(explained.at("/representation/etag").asString()).isEqualTo("\"v1\"");
        assertThat(explained.at("/decision/reason").asString()).isEqualTo("no_holder");
    }

    @Test
    void noSecretIsTold() throws Exception {
        try (var peer = FakePeer.superNodeAt(broker, TOKEN).holding(map)) {
            String told = broker.admin(ASK).body() + askFor("text/plain").body();

            assertThat(told).contains(peer.endpoint().url()).doesNotContain(TOKEN, peer.lease().secret(), "?t=")
                    .doesNotContain(new JsonMapper().writeValueAsString(peer.lease().ticketKey()).replace("\"", ""));
        }
    }

    @Test
    void itReadsWellInATerminal() throws Exception {
        try (var peer = FakePeer.superNodeAt(broker, TOKEN).holding(map)) {
            assertThat(broker.admin(ASK).body()).startsWith("{\n").endsWith("}\n");
            var text = askFor("text/plain");

            assertThat(text.headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
            assertThat(text.body()).startsWith("request         GET /map.pak\n")
                    .endsWith("decision        redirect, held: "
                            + peer.endpoint().url() + " " + peer.lease().peerId() + "\n");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "header=Authorization: Basic Zm9v | authorization",
            "header=Cookie: a=b | cookie",
            "header=X-Whatever: 1 | unusual_field",
            "header=Fingerpost-Debug: 0123456789abcdef | unusual_field",
            "header=Sec-Fetch-Mode: navigate | navigation",
            "range=bytes=0-1,4-5 | multi_range",
            "range=bytes=6000- | unsatisfiable_range",
            "method=POST | method",
            "method=get | method"})
    void aRequestIsReadAsAtTheEdge(String parameter, String reason) throws IOException {
        int equals = parameter.indexOf('=') + 1;

        var explained = explain("&" + parameter.substring(0, equals) + encoded(parameter.substring(equals)));

        assertThat(explained.at("/decision/reason").asString()).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "path=/a/../b | bad_path",
            "path=/x%3Ftoken=1 | signed_query",
            "path=/x%3Fq | unknown",
            "path=/a%252fb | bad_path",
            "path=/c++ | unknown"})
    void aPathIsReadAsAtTheEdge(String parameter, String reason) throws IOException {
        var answer = broker.admin("/v1/explain?client=192.0.2.1&" + parameter);

        assertThat(new JsonMapper().readTree(answer.body()).at("/decision/reason").asString()).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "client=1.2.3.4 | path: it is missing",
            "client=1.2.3.4&path= | path: it is missing",
            "client=1.2.3.4&path=map.pak | path: it has to begin with a slash",
            "client=1.2.3.4&path=/.well-known/fingerpost/v1 | path: it is the registry's",
            "client=1.2.3.4&path=/a&path=/b | path: it is there more than once",
            "path=/a | client: it is missing",
            "path=/a&client=localhost | client: 'localhost' is not an IP address",
            "path=/a&client=010.1.1.1 | client: '010.1.1.1' is not an IP address",
            "path=/a&client=1.2.3 | client: '1.2.3' is not",
            "path=/a&client=1.2.3.999 | client: '1.2.3.999' is not",
            "path=/a&client=::1%25lo | client: '::1%lo' is not",
            "path=/a&client=:::: | client: '::::' is not",
            "path=/a&client=1.2.3.4&method=A%20B | method: no method is called 'A B'",
            "path=/a&client=1.2.3.4&method= | method: no method",
            "path=/a&client=1.2.3.4&secure=yes | secure: true or false is wanted",
            "path=/a&client=1.2.3.4&verifies=1 | verifies: true or false is wanted",
            "path=/a&client=1.2.3.4&range=%0d%0a | range: no field can have",
            "path=/a&client=1.2.3.4&range= | range: it is missing",
            "path=/a&client=1.2.3.4&host=%00 | host: no field can have",
            "path=/a&client=1.2.3.4&header=X | header: 'Name: value' is wanted",
            "path=/a&client=1.2.3.4&header=:%20x | header: 'Name: value' is wanted",
            "path=/a&client=1.2.3.4&header=A%20B:%20x | header: 'Name: value' is wanted",
            "path=/a&client=1.2.3.4&header=A:%20x%0d%0aB:%20y | header: no field can have",
            "path=/a&client=1.2.3.4&header=A:%20%E2%82%AC | header: no field can have",
            "path=/a&client=1.2.3.4&colour=red | 'colour': there is no such parameter",
            "path=/a&client=1.2.3.4&Path=/b | 'Path': there is no such parameter"})
    void aWrongParameterIsNamed(String parameters, String detail) throws IOException {
        var answer = broker.admin("/v1/explain?" + parameters);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(new JsonMapper().readTree(answer.body()).at("/detail").asString()).startsWith(detail);
    }

    @Test
    void headersAreBounded() throws IOException {
        assertThat(broker.admin(ASK + "&header=A:1".repeat(32)).statusCode()).isEqualTo(200);
        assertThat(broker.admin(ASK + "&header=A:1".repeat(33)).body()).contains("header: at most 32 are taken");
        assertThat(broker.admin(ASK + "&header=A:" + "1".repeat(8190)).statusCode()).isEqualTo(200);
        assertThat(broker.admin(ASK + "&header=A:" + "1".repeat(8191)).body()).contains("at most 8192 characters");
    }

    @Test
    void aSiteThatThisBrokerHasNotIsRefusedAsAtTheEdge() throws IOException {
        try (var two = new BrokerFixture(data.resolve("two"), ORIGIN.baseUrl(), "edge.sites=a.example,b.example")) {
            assertThat(two.admin(ASK + "&host=c.example").statusCode()).isEqualTo(421);
            assertThat(two.admin(ASK).statusCode()).isEqualTo(421);
            assertThat(two.admin(ASK + "&host=B.example:80").body()).contains("\"site\" : \"b.example\"");
        }
    }
}
