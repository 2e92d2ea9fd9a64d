package io.fingerpost.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.HoldingsChecksum;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.api.Heartbeat;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.OrdersRequest;
import io.fingerpost.contract.api.Problem;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.api.WireJson;
import io.fingerpost.registry.RegistryFixture;
import io.fingerpost.registry.admission.ProvingServer;
import io.fingerpost.testing.OpenApi;
import io.fingerpost.testing.TestPeer;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers may send: each gets a clear problem, and nothing is changed, not even by all of them together. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistryApiRejectsTest {
    private static final String HASH = "some bytes that make up a digest";
    private static final String IDLE = "{\"active\":0,\"bytesLeft\":0,\"servedThisMonth\":0}";
    private static final Heartbeat HEARTBEAT = new Heartbeat(UploadReport.IDLE, Optional.empty());
    private static final String CHALLENGE = "DGyRejmCefe7v4NfDGDKfA";
    private static final String UPLOADS = ",\"uploads\":" + IDLE;
    private static final String BUDGET = "{\"bitsPerSecond\":1,\"slots\":1,\"bytesPerMonth\":0}" + UPLOADS;
    private static final String KEY = "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"";

    private static final OpenApi CONTRACT = OpenApi.read();

    private final ApiServer server = new ApiServer();
    private final RegistryFixture fixture = server.fixture;
    private final TestPeer anna = new TestPeer();
    private final LeaseGrant lease = fixture.register(anna);
    private final String self = "/peers/" + anna.id();

    @BeforeAll
    void haveALivePeerThatHoldsSomething() {
        fixture.registry.update(anna.id(), lease.secret(), new HoldingsUpdate(List.of(held(7), held(8)), List.of()));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static Held held(int number) {
        return Held.complete(RegistryFixture.digest(number), 10);
    }

    private HttpResponse<String> announce(String body) throws Exception {
        return server.send("POST", self + "/holdings", body, "Authorization", "Bearer " + lease.secret(),
                "Content-Type",
                HoldingsUpdate.MEDIA_TYPE);
    }

    private Problem assertRejected(HttpResponse<String> response, int status, String kind) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertLeaksNothing(response.body());
        var problem = WireJson.strict().readValue(response.body(), Problem.class);
        assertThat(problem.status()).isEqualTo(status);
        assertThat(problem.is(kind)).as(problem.toString()).isTrue();
        assertThat(problem.detail()).isNotBlank();
        assertThat(CONTRACT.kinds(response.request().method(), response.uri().getRawPath(), status))
                .as("the written contract").contains(problem.type());
        assertNothingChanged();
        return problem;
    }

    private static void assertLeaksNothing(String answer) {
        assertThat(answer).doesNotContainPattern("\\b(io|java|tools|com|org)\\.[a-z]+\\.")
                .doesNotContainPattern("Exception|`|JsonToken|\\bat [A-Za-z.]+\\(");
    }

    private void assertNothingChanged() {
        assertThat(fixture.registry.peerCount()).isOne();
        assertThat(fixture.registry.holdingCount()).isEqualTo(2);
        assertThat(fixture.registry.holders(RegistryFixture.digest(7)).live(fixture.clock.instant())).hasSize(1);
        assertThat(fixture.store.find(anna.id())).get()
                .satisfies(peer -> assertThat(peer.leaseUntil())
                        .isEqualTo(RegistryFixture.NOW.plus(RegistryFixture.TERMS.ttl())));
        var heartbeat = new Heartbeat(UploadReport.IDLE, Optional.of(
                HoldingsChecksum.ofComplete(RegistryFixture.digest(7))
                        ^ HoldingsChecksum.ofComplete(RegistryFixture.digest(8))));
        assertThat(fixture.registry.heartbeat(anna.id(), lease.secret(), heartbeat).inSync()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "hello", "{\"key\":[}", "{'key':1}", "{\"key\":1,}", "{\"key\":" + KEY + "}]",
            "\u00ff\u00fe", "{\"key\":NaN}", "{\"key\":01}", "{/**/\"key\":1}"})
    void whatIsNotJson(String body) throws Exception {
        assertRejected(server.send("POST", "/peers", body), 400, "bad-json");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "'' | ends in the middle", "{} | begins with 0 or 1, not 123", "~x | ends in the middle",
            "~" + HASH + "~~~1~12 | piece 1 of 1",
            "~" + HASH + "!~~1~~ | 1 to 65536 pieces"})
    void whatIsNoHoldingsUpdate(String body, String detail) throws Exception {
        assertThat(assertRejected(announce(bytes(body)), 400, "bad-holdings").detail()).contains(detail);
    }

    /** ~, 1, 2 and ! stand for the bytes 0, 1, 2 and 127. */
    private static String bytes(String text) {
        return text.replace('~', '\0').replace('1', '\1').replace('2', '\2').replace('!', '\177');
    }

    @Test
    void holdingsInJson() throws Exception {
        assertRejected(server.send("POST", self + "/holdings", "{}", "Authorization", "Bearer " + lease.secret()), 415,
                "wrong-type");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "null | null stands", "[] | not of the type", "\"\" | not of the type", "5 | not of the type",
            "{} | key: Missing",
            "{\"key\":" + KEY + ",\"endpoints\":[\"http://127.0.0.1:80\"],\"challenge\":\"" + CHALLENGE
                    + "\",\"budget\":"
                    + BUDGET + ",\"more\":1} | more: no such field",
            "{\"key\":" + KEY + ",\"endpoints\":[\"http://127.0.0.1:80\"],\"challenge\":\"" + CHALLENGE
                    + "\",\"budget\":"
                    + BUDGET + ",\"a\\\"b\":1} | a\"b: no such field",
            "{\"key\":" + KEY + ",\"key\":" + KEY + "} | \"key\"", "{\"key\":{}} | key: not of the type"})
    void whatIsNoRecord(String body, String detail) throws Exception {
        assertThat(assertRejected(server.send("POST", "/peers", body), 400, "bad-json").detail()).contains(detail);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{\"endpoints\":[\"http://127.0.0.1:8080\"]} | key: Missing",
            "{\"key\":null,\"endpoints\":[\"http://127.0.0.1:8080\"],\"challenge\":\"DGyRejmCefe7v4NfDGDKfA\",\"budget\":"
                    + BUDGET + "} | key: Null",
            "{\"key\":" + KEY + ",\"endpoints\":[\"http://127.0.0.1:8080\"]} | challenge: Missing",
            "{\"key\":" + KEY + ",\"endpoints\":[\"http://127.0.0.1:8080\"],\"challenge\":\"short\",\"budget\":"
                    + BUDGET + "} | challenge has 22",
            "{\"key\":\"short\",\"endpoints\":[\"http://127.0.0.1:8080\"]} | key: an Ed25519 public key",
            "{\"key\":" + KEY + ",\"endpoints\":[\"\"]} | a peer endpoint is scheme://host:port",
            "{\"key\":" + KEY
                    + ",\"endpoints\":[\"http://127.0.0.1 :80\"]} | a peer endpoint is scheme://host:port",
            "{\"key\":" + KEY
                    + ",\"endpoints\":[\"http://127.0.0.1:80/x\"]} | a peer endpoint is scheme://host:port",
            "{\"key\":" + KEY
                    + ",\"endpoints\":[\"http://a\\r\\nX: y:80\"]} | a peer endpoint is scheme://host:port",
            "{\"key\":" + KEY + ",\"endpoints\":[],\"challenge\":\"" + CHALLENGE + "\",\"budget\":" + BUDGET
                    + "} | 1 to 4 different endpoints",
            "{\"key\":" + KEY + ",\"endpoints\":[\"http://a:80\",\"http://A/\"],\"challenge\":\"" + CHALLENGE
                    + "\",\"budget\":" + BUDGET + "} | 1 to 4 different endpoints",
            "{\"key\":" + KEY
                    + ",\"endpoints\":[\"http://a\",\"http://b\",\"http://c\",\"http://d\",\"http://e\"],\"challenge\":\""
                    + CHALLENGE + "\",\"budget\":" + BUDGET + "} | 1 to 4 different",
            "{\"key\":" + KEY + ",\"endpoints\":[null],\"challenge\":\"" + CHALLENGE + "\",\"budget\":" + BUDGET
                    + "} | not of the type",
            "{\"key\":" + KEY + ",\"endpoints\":[\"http://0177.0.0.1:8080\"]} | a peer endpoint needs a host",
            "{\"key\":" + KEY + ",\"endpoints\":[\"http://127.0.0.1:80\"],\"challenge\":\"" + CHALLENGE
                    + "\"} | budget: Missing",
            "{\"key\":" + KEY + ",\"endpoints\":[\"http://127.0.0.1:80\"],\"challenge\":\"" + CHALLENGE
                    + "\",\"budget\":null" + UPLOADS + "} | budget: Null",
            "{\"key\":" + KEY + ",\"endpoints\":8080} | endpoints: not of the type",
            "{\"key\":" + KEY + ",\"endpoints\":[{\"scheme\":\"http\"}]} | endpoints.0: not of the type"})
    void whatIsNoRegistration(String body, String detail) throws Exception {
        assertThat(assertRejected(server.send("POST", "/peers", body), 400, "bad-json").detail()).contains(detail);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "5 | budget: not of the type",
            "\"fast\" | budget: not of the type",
            "[] | budget: not of the type",
            "{} | budget.bitsPerSecond: Missing",
            "{\"bitsPerSecond\":1,\"slots\":1} | budget.bytesPerMonth: Missing",
            "{\"bitsPerSecond\":null,\"slots\":1,\"bytesPerMonth\":0} | budget.bitsPerSecond: ",
            "{\"bitsPerSecond\":0,\"slots\":1,\"bytesPerMonth\":0} | budget: bitsPerSecond must be 1 to 10^12, was 0",
            "{\"bitsPerSecond\":1000000000001,\"slots\":1,\"bytesPerMonth\":0} | budget: bitsPerSecond must be 1 to",
            "{\"bitsPerSecond\":1.5,\"slots\":1,\"bytesPerMonth\":0} | budget.bitsPerSecond: not of the type",
            "{\"bitsPerSecond\":1e6,\"slots\":1,\"bytesPerMonth\":0} | budget.bitsPerSecond: not of the type",
            "{\"bitsPerSecond\":\"1\",\"slots\":1,\"bytesPerMonth\":0} | budget.bitsPerSecond: not of the type",
            "{\"bitsPerSecond\":99999999999999999999,\"slots\":1,\"bytesPerMonth\":0} | budget.bitsPerSecond: out of",
            "{\"bitsPerSecond\":1,\"slots\":-1,\"bytesPerMonth\":0} | budget: slots must be 0 to 1024, was -1",
            "{\"bitsPerSecond\":1,\"slots\":1025,\"bytesPerMonth\":0} | budget: slots must be 0 to 1024, was 1025",
            "{\"bitsPerSecond\":1,\"slots\":4294967297,\"bytesPerMonth\":0} | budget.slots: out of range",
            "{\"bitsPerSecond\":1,\"slots\":true,\"bytesPerMonth\":0} | budget.slots: not of the type",
            "{\"bitsPerSecond\":1,\"slots\":1,\"bytesPerMonth\":-1} | budget: bytesPerMonth must be 0 to 2^53",
            "{\"bitsPerSecond\":1,\"slots\":1,\"bytesPerMonth\":9007199254740993} | budget: bytesPerMonth must be 0 to",
            "{\"bitsPerSecond\":1,\"slots\":1,\"bytesPerMonth\":0,\"more\":1} | budget.more: no such field"})
    void whatIsNoBudget(String budget, String detail) throws Exception {
        String body = "{\"key\":" + KEY + ",\"endpoints\":[\"http://127.0.0.1:80\"],\"challenge\":\"" + CHALLENGE
                + "\",\"budget\":" + budget + "}";

        assertThat(assertRejected(server.send("POST", "/peers", body), 400, "bad-json").detail()).contains(detail);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "null | uploads: ",
            "[] | uploads: not of the type",
            "{} | uploads.active: Missing",
            "{\"active\":0,\"bytesLeft\":0} | uploads.servedThisMonth: Missing",
            "{\"active\":0,\"bytesLeft\":null,\"servedThisMonth\":0} | uploads.bytesLeft: ",
            "{\"active\":-1,\"bytesLeft\":0,\"servedThisMonth\":0} | uploads: active must be 0 to 1024, was -1",
            "{\"active\":1025,\"bytesLeft\":0,\"servedThisMonth\":0} | uploads: active must be 0 to 1024, was 1025",
            "{\"active\":4294967296,\"bytesLeft\":0,\"servedThisMonth\":0} | uploads.active: out of range",
            "{\"active\":0,\"bytesLeft\":-1,\"servedThisMonth\":0} | uploads: bytesLeft must be 0 to 2^53, was -1",
            "{\"active\":0,\"bytesLeft\":9007199254740993,\"servedThisMonth\":0} | uploads: bytesLeft must be 0 to 2^53",
            "{\"active\":0,\"bytesLeft\":0.5,\"servedThisMonth\":0} | uploads.bytesLeft: not of the type",
            "{\"active\":0,\"bytesLeft\":0,\"servedThisMonth\":-1} | uploads: servedThisMonth must be 0 to 2^53, was -1",
            "{\"active\":0,\"bytesLeft\":0,\"servedThisMonth\":9223372036854775808} | uploads.servedThisMonth: out of range",
            "{\"active\":0,\"bytesLeft\":0,\"servedThisMonth\":\"0\"} | uploads.servedThisMonth: not of the type",
            "{\"active\":0,\"bytesLeft\":0,\"servedThisMonth\":0,\"more\":0} | uploads.more: no such field"})
    void whatIsNoReport(String body, String detail) throws Exception {
        String heartbeat = "{\"uploads\":" + body + ",\"holdings\":null}";

        var response = server.send("POST", self + "/heartbeat", heartbeat, "Authorization", "Bearer " + lease.secret());

        assertThat(assertRejected(response, 400, "bad-json").detail()).contains(detail);
    }

    @Test
    void aReportThatIsNotJson() throws Exception {
        var response = server.send("POST", self + "/heartbeat", IDLE, "Authorization", "Bearer " + lease.secret(),
                "Content-Type", "text/plain");

        assertRejected(response, 415, "wrong-type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "null", "[]", "{\"uploads\":" + IDLE + "}", "{\"uploads\":" + IDLE
            + ",\"holdings\":\"5\"}", "{\"uploads\":" + IDLE + ",\"holdings\":1.5}",
            "{\"uploads\":" + IDLE
                    + ",\"holdings\":null}x"})
    void whatIsNoHeartbeat(String body) throws Exception {
        assertRejected(server.send("POST", self + "/heartbeat", body, "Authorization", "Bearer " + lease.secret()), 400,
                "bad-json");
    }

    @Test
    void aHeartbeatOfMoreThanFourKilobytes() throws Exception {
        assertRejected(server.send("POST", self + "/heartbeat", " ".repeat(4097), "Authorization",
                "Bearer " + lease.secret()), 413, "body-too-large");
    }

    @Test
    void aQuestionForOrdersOfMoreThanFourKilobytes() throws Exception {
        assertRejected(server.send("POST", self + "/orders", " ".repeat(4097), "Authorization",
                "Bearer " + lease.secret()), 413, "body-too-large");
    }

    @Test
    void aQuestionForOrdersWithTooManyEntries() throws Exception {
        String left = ("\"" + RegistryFixture.digest(1) + "\",").repeat(OrdersRequest.MOST)
                + "\"" + RegistryFixture.digest(1) + "\"";

        var response = server.send("POST", self + "/orders", "{\"failed\":[],\"left\":[" + left + "]}", "Authorization",
                "Bearer " + lease.secret());

        assertThat(assertRejected(response, 400, "bad-json").detail()).contains("at most 32 entries");
    }

    @Test
    void aPlanForWhatIsNotKnown() throws Exception {
        assertRejected(server.send("POST", self + "/plan", "{\"resource\":\"/unknown\"}", "Authorization",
                "Bearer " + lease.secret()), 404, "no-plan");
    }

    @Test
    void aHeartbeatByAnotherMethod() throws Exception {
        assertRejected(server.send("PUT", self + "/heartbeat", IDLE), 405, "method-not-allowed");
    }

    @Test
    void deepNesting() throws Exception {
        assertRejected(server.send("POST", "/peers", "{\"key\":" + "[".repeat(100_000)), 400, "bad-json");
    }

    @Test
    void anEndlessFieldNameAndDoesNotRepeatIt() throws Exception {
        String name = "x".repeat(40_000);

        assertThat(assertRejected(server.send("POST", "/peers", "{\"" + name + "\":1}"), 400, "bad-json").detail())
                .hasSizeLessThan(300);
    }

    @Test
    void moreEntriesThanOneUpdateMayHave() throws Exception {
        String body = "\u0000" + (HASH + "\u0000\u0000\u0000\u0000").repeat(1_001);

        assertThat(assertRejected(announce(body), 400, "bad-holdings").detail()).contains("at most 1000 entries");
    }

    @Test
    void moreHoldingsThanAPeerMayHave() throws Exception {
        String body = new String(new HoldingsUpdate(List.of(held(1), held(2), held(3)), List.of()).bytes(),
                StandardCharsets.ISO_8859_1);

        assertRejected(announce(body), 429, "too-many-holdings");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/jsonp", "application/json-patch+json",
            "application/x-www-form-urlencoded", ";"})
    void bodiesOfAnotherType(String mediaType) throws Exception {
        assertRejected(server.send("POST", "/peers", "{}", "Content-Type", mediaType), 415, "wrong-type");
    }

    @Test
    void aBodyOfNoType() throws Exception {
        String answer = server.raw("POST " + ApiPaths.EMBEDDED
                + "/peers HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");

        assertThat(answer).startsWith("HTTP/1.1 415 ");
    }

    @Test
    void aBodyOfMoreThanAMegabyte() throws Exception {
        assertRejected(announce(" ".repeat((1 << 20) + 1)), 413, "body-too-large");
    }

    /** By its length alone: a client that asks first is told before it sends anything. */
    @Test
    void theAnnouncementOfAnEndlessBody() throws Exception {
        String answer = server
                .raw("POST " + ApiPaths.EMBEDDED + "/peers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 1048577\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 413 ").contains("application/problem+json");
        assertLeaksNothing(answer);
        assertNothingChanged();
    }

    @Test
    void anEndlessBodyInChunks() throws Exception {
        String chunk = "10000\r\n" + " ".repeat(0x10000) + "\r\n";

        String answer = server
                .raw("POST " + ApiPaths.EMBEDDED + "/peers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + chunk.repeat(17) + "0\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 413 ").contains("application/problem+json");
        assertNothingChanged();
    }

    @ParameterizedTest
    @CsvSource({"POST, /heartbeat, application/json", "POST, /holdings, application/vnd.fingerpost.holdings",
            "POST, /plan, application/json", "POST, /orders, application/json", "DELETE, '', application/json"})
    void whoeverHasNotTheSecret(String method, String path, String mediaType) throws Exception {
        var missing = server.send(method, self + path, body(path));
        assertRejected(missing, 401, "secret-missing");
        assertThat(missing.headers().firstValue("WWW-Authenticate")).get().asString().startsWith("Bearer");
        String secret = lease.secret();
        assertRejected(sendAs("Basic " + secret, method, self + path, mediaType), 401, "secret-missing");
        assertRejected(sendAs("Bearer", method, self + path, mediaType), 401, "secret-missing");
        assertRejected(sendAs("Bearer wrong", method, self + path, mediaType), 401, "secret-wrong");
        assertRejected(sendAs("Bearer " + secret + "x", method, self + path, mediaType), 401, "secret-wrong");

        String unknown = "/peers/" + new TestPeer().id();
        assertRejected(sendAs("Bearer " + secret, method, unknown + path, mediaType), 404, "lease-unknown");
    }

    private HttpResponse<String> sendAs(String authorization, String method, String path, String mediaType)
            throws Exception {
        return server.send(method, path, body(path), "Authorization", authorization, "Content-Type", mediaType);
    }

    /** A good body for a path. */
    private static String body(String path) {
        return path.endsWith("/heartbeat")
                ? WireJson.strict().writeValueAsString(HEARTBEAT)
                : path.endsWith("/holdings")
                        ? "\u0000"
                        : path.endsWith("/plan")
                                ? "{\"resource\":\"/a\"}"
                                : path.endsWith("/orders") ? "{\"failed\":[],\"left\":[]}" : "";
    }

    @Test
    void aForgedSuperNodeToken() throws Exception {
        try (var endpoint = ProvingServer.of(anna)) {
            String body = WireJson.strict().writeValueAsString(anna.registration(endpoint.endpoint()));

            assertRejected(server.send("POST", "/peers", body, "Authorization", "Bearer guessed"), 401,
                    "token-unknown");
            assertThat(endpoint.calls()).isZero();
        }
    }

    @Test
    void anEndpointThatProvesToBeSomebodyElses() throws Exception {
        var mallory = new TestPeer();
        try (var endpoint = ProvingServer.of(anna)) {
            String body = WireJson.strict().writeValueAsString(mallory.registration(endpoint.endpoint()));

            assertRejected(server.send("POST", "/peers", body), 422, "endpoint-not-proved");
        }
    }

    @Test
    void anEndpointInANetworkThatIsNotAllowed() throws Exception {
        String body = WireJson.strict().writeValueAsString(
                new TestPeer().registration(PeerEndpoint.parse("http://169.254.169.254:8080")));

        assertRejected(server.send("POST", "/peers", body), 403, "endpoint-refused");
    }

    @ParameterizedTest
    @CsvSource({"GET, /peers", "PUT, /peers", "DELETE, /peers", "HEAD, /representations/x", "POST, /representations/x",
            "GET, /peers/x/heartbeat", "PATCH, /peers/x", "BREW, /peers"})
    void anotherMethod(String method, String path) throws Exception {
        var response = server.send(method, path, "");

        assertThat(response.statusCode()).isEqualTo(405);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertNothingChanged();
    }

    @Test
    void anotherMethodForTheDiscoveryDocument() throws Exception {
        String answer = server.raw("DELETE " + ApiPaths.ROOT + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 405 ").contains("method-not-allowed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/peer", "/peers/x/y", "/peers/x/heartbeat/y", "/representations", "/../v1/peersx",
            "/%2e%2e/x"})
    void anotherPath(String path) throws Exception {
        assertRejected(server.send("POST", path, "{}"), 404, "no-such-path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"short", "%2e%2e", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4%6B", "%00", "%0d%0aX:y",
            "%ff"})
    void aPeerIdThatIsNone(String id) throws Exception {
        var response = server.send("POST", "/peers/" + id + "/heartbeat", IDLE, "Authorization",
                "Bearer " + lease.secret());

        assertThat(assertRejected(response, 400, "bad-path").detail()).startsWith("id: a peer id has 43");
    }

    @Test
    void aDigestThatIsNone() throws Exception {
        assertThat(assertRejected(server.send("GET", "/representations/short", ""), 400, "bad-path").detail())
                .startsWith("digest: not a sha-256");
    }

    @Test
    void aDigestThatNobodyKnows() throws Exception {
        assertRejected(server.send("GET", "/representations/" + RegistryFixture.digest(1), ""), 404,
                "representation-unknown");
    }
}
