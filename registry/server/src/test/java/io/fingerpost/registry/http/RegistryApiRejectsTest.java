package io.fingerpost.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.Problem;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.api.WireJson;
import io.fingerpost.registry.RegistryFixture;
import io.fingerpost.registry.admission.ProvingServer;
import io.fingerpost.testing.TestPeer;
import java.net.http.HttpResponse;
import java.util.List;
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
    private static final String DIGEST = "f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk";
    private static final String HELD = "{\"digest\":\"" + DIGEST + "\",\"size\":10,\"pieces\":\"*\"}";
    private static final String IDLE = "{\"active\":0,\"bytesLeft\":0,\"servedThisMonth\":0}";
    private static final String CHALLENGE = "DGyRejmCefe7v4NfDGDKfA";
    private static final String BUDGET = "{\"bitsPerSecond\":1,\"slots\":1,\"bytesPerMonth\":0}";
    private static final String KEY = "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"";

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
        return server.send("POST", self + "/holdings", body, "Authorization", "Bearer " + lease.secret());
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
        assertThat(fixture.registry.heartbeat(anna.id(), lease.secret(), UploadReport.IDLE).holdings()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "hello", "{\"hold\":[],\"drop\":[}", "{'hold':[],'drop':[]}",
            "{\"hold\":[],\"drop\":[],}",
            "{\"hold\":[],\"drop\":[]} {}", "{\"hold\":[],\"drop\":[]}]", "\u00ff\u00fe", "{\"hold\":NaN,\"drop\":[]}",
            "{\"hold\":[],\"drop\":[01]}", "{/**/\"hold\":[],\"drop\":[]}"})
    void whatIsNotJson(String body) throws Exception {
        assertRejected(announce(body), 400, "bad-json");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "null | null stands",
            "[] | not of the type",
            "\"\" | not of the type",
            "5 | not of the type",
            "{} | hold: Missing",
            "{\"hold\":[" + HELD + "]} | drop: Missing",
            "{\"hold\":null,\"drop\":[]} | hold: Null",
            "{\"hold\":[],\"drop\":[],\"more\":1} | more: no such field",
            "{\"hold\":[],\"drop\":[],\"a\\\"b\":1} | a\"b: no such field",
            "{\"hold\":[],\"hold\":[" + HELD + "],\"drop\":[]} | \"hold\"",
            "{\"hold\":{},\"drop\":[]} | hold: not of the type",
            "{\"hold\":\"\",\"drop\":[]} | hold: not of the type",
            "{\"hold\":[null],\"drop\":[]} | not of the type",
            "{\"hold\":[" + HELD + ",5],\"drop\":[]} | hold.1: not of the type",
            "{\"hold\":[{\"digest\":\"" + DIGEST
                    + "\",\"size\":\"10\",\"pieces\":\"*\"}],\"drop\":[]} | hold.0.size: not of the type",
            "{\"hold\":[{\"digest\":\"" + DIGEST
                    + "\",\"size\":1.5,\"pieces\":\"*\"}],\"drop\":[]} | hold.0.size: not of the type",
            "{\"hold\":[{\"digest\":\"" + DIGEST + "\",\"size\":1e99,\"pieces\":\"*\"}],\"drop\":[]} | hold.0.size: ",
            "{\"hold\":[{\"digest\":\"" + DIGEST
                    + "\",\"size\":0,\"pieces\":\"*\"}],\"drop\":[]} | hold.0: a representation has 1 byte",
            "{\"hold\":[{\"digest\":\"" + DIGEST
                    + "\",\"size\":10,\"pieces\":\"Ag\"}],\"drop\":[]} | hold.0: piece 1 of 1",
            "{\"hold\":[{\"digest\":\"" + DIGEST + "\",\"size\":10,\"pieces\":\"?!\"}],\"drop\":[]} | hold.0: ",
            "{\"hold\":[{\"digest\":\"short\",\"size\":10,\"pieces\":\"*\"}],\"drop\":[]} | hold.0.digest: not a sha-256",
            "{\"hold\":[" + HELD + "],\"drop\":[\"../../x\"]} | drop.0: not a sha-256"})
    void whatIsNoHoldingsUpdate(String body, String detail) throws Exception {
        assertThat(assertRejected(announce(body), 400, "bad-json").detail()).contains(detail);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{\"endpoint\":\"http://127.0.0.1:8080\"} | key: Missing",
            "{\"key\":null,\"endpoint\":\"http://127.0.0.1:8080\",\"challenge\":\"DGyRejmCefe7v4NfDGDKfA\",\"budget\":"
                    + BUDGET + "} | key: Null",
            "{\"key\":" + KEY + ",\"endpoint\":\"http://127.0.0.1:8080\"} | challenge: Missing",
            "{\"key\":" + KEY + ",\"endpoint\":\"http://127.0.0.1:8080\",\"challenge\":\"short\",\"budget\":"
                    + BUDGET + "} | challenge has 22",
            "{\"key\":\"short\",\"endpoint\":\"http://127.0.0.1:8080\"} | key: an Ed25519 public key",
            "{\"key\":" + KEY + ",\"endpoint\":\"\"} | endpoint: a peer endpoint is scheme://host:port",
            "{\"key\":" + KEY
                    + ",\"endpoint\":\"http://127.0.0.1 :80\"} | endpoint: a peer endpoint is scheme://host:port",
            "{\"key\":" + KEY
                    + ",\"endpoint\":\"http://127.0.0.1:80/x\"} | endpoint: a peer endpoint is scheme://host:port",
            "{\"key\":" + KEY
                    + ",\"endpoint\":\"http://a\\r\\nX: y:80\"} | endpoint: a peer endpoint is scheme://host:port",
            "{\"key\":" + KEY + ",\"endpoint\":\"http://0177.0.0.1:8080\"} | endpoint: a peer endpoint needs a host",
            "{\"key\":" + KEY + ",\"endpoint\":\"http://127.0.0.1:80\",\"challenge\":\"" + CHALLENGE
                    + "\"} | budget: Missing",
            "{\"key\":" + KEY + ",\"endpoint\":\"http://127.0.0.1:80\",\"challenge\":\"" + CHALLENGE
                    + "\",\"budget\":null} | budget: Null",
            "{\"key\":" + KEY + ",\"endpoint\":8080} | endpoint: not of the type",
            "{\"key\":" + KEY + ",\"endpoint\":{\"scheme\":\"http\"}} | endpoint: not of the type"})
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
        String body = "{\"key\":" + KEY + ",\"endpoint\":\"http://127.0.0.1:80\",\"challenge\":\"" + CHALLENGE
                + "\",\"budget\":" + budget + "}";

        assertThat(assertRejected(server.send("POST", "/peers", body), 400, "bad-json").detail()).contains(detail);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "'' | No content",
            "null | null stands",
            "[] | not of the type",
            "{} | active: Missing",
            "{\"active\":0,\"bytesLeft\":0} | servedThisMonth: Missing",
            "{\"active\":0,\"bytesLeft\":null,\"servedThisMonth\":0} | bytesLeft: ",
            "{\"active\":-1,\"bytesLeft\":0,\"servedThisMonth\":0} | active must be 0 to 1024, was -1",
            "{\"active\":1025,\"bytesLeft\":0,\"servedThisMonth\":0} | active must be 0 to 1024, was 1025",
            "{\"active\":4294967296,\"bytesLeft\":0,\"servedThisMonth\":0} | active: out of range",
            "{\"active\":0,\"bytesLeft\":-1,\"servedThisMonth\":0} | bytesLeft must be 0 to 2^53, was -1",
            "{\"active\":0,\"bytesLeft\":9007199254740993,\"servedThisMonth\":0} | bytesLeft must be 0 to 2^53",
            "{\"active\":0,\"bytesLeft\":0.5,\"servedThisMonth\":0} | bytesLeft: not of the type",
            "{\"active\":0,\"bytesLeft\":0,\"servedThisMonth\":-1} | servedThisMonth must be 0 to 2^53, was -1",
            "{\"active\":0,\"bytesLeft\":0,\"servedThisMonth\":9223372036854775808} | servedThisMonth: out of range",
            "{\"active\":0,\"bytesLeft\":0,\"servedThisMonth\":\"0\"} | servedThisMonth: not of the type",
            "{\"active\":0,\"bytesLeft\":0,\"servedThisMonth\":0,\"more\":0} | more: no such field"})
    void whatIsNoReport(String body, String detail) throws Exception {
        var response = server.send("POST", self + "/heartbeat", body, "Authorization", "Bearer " + lease.secret());

        assertThat(assertRejected(response, 400, "bad-json").detail()).contains(detail);
    }

    @Test
    void aReportThatIsNotJson() throws Exception {
        var response = server.send("POST", self + "/heartbeat", IDLE, "Authorization", "Bearer " + lease.secret(),
                "Content-Type", "text/plain");

        assertRejected(response, 415, "not-json");
    }

    @Test
    void deepNesting() throws Exception {
        assertRejected(announce("{\"hold\":" + "[".repeat(100_000)), 400, "bad-json");
    }

    @Test
    void anEndlessFieldNameAndDoesNotRepeatIt() throws Exception {
        String name = "x".repeat(40_000);

        assertThat(assertRejected(announce("{\"hold\":[],\"drop\":[],\"" + name + "\":1}"), 400, "bad-json").detail())
                .hasSizeLessThan(300);
    }

    @Test
    void moreEntriesThanOneUpdateMayHave() throws Exception {
        String body = "{\"hold\":[" + HELD + "],\"drop\":[" + ("\"" + DIGEST + "\",").repeat(999) + "\"" + DIGEST
                + "\"]}";

        assertThat(assertRejected(announce(body), 400, "bad-json").detail()).contains("at most 1000 entries");
    }

    @Test
    void moreHoldingsThanAPeerMayHave() throws Exception {
        String body = WireJson.strict().writeValueAsString(
                new HoldingsUpdate(List.of(held(1), held(2), held(3)), List.of()));

        assertRejected(announce(body), 429, "too-many-holdings");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/jsonp", "application/json-patch+json",
            "application/x-www-form-urlencoded", ";"})
    void bodiesOfAnotherType(String mediaType) throws Exception {
        assertRejected(server.send("POST", "/peers", "{}", "Content-Type", mediaType), 415, "not-json");
    }

    @Test
    void aBodyOfNoType() throws Exception {
        String answer = server.raw("POST " + ApiPaths.EMBEDDED
                + "/peers HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");

        assertThat(answer).startsWith("HTTP/1.1 415 ");
    }

    @Test
    void aBodyOfMoreThanAMegabyte() throws Exception {
        String body = "{\"hold\":[],\"drop\":[]" + " ".repeat(1 << 20) + "}";

        assertRejected(announce(body), 413, "body-too-large");
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
    @CsvSource({"POST, /heartbeat, '{\"active\":0,\"bytesLeft\":0,\"servedThisMonth\":0}'",
            "POST, /holdings, '{\"hold\":[],\"drop\":[]}'", "DELETE, '', ''"})
    void whoeverHasNotTheSecret(String method, String path, String body) throws Exception {
        var missing = server.send(method, self + path, body);
        assertRejected(missing, 401, "secret-missing");
        assertThat(missing.headers().firstValue("WWW-Authenticate")).get().asString().startsWith("Bearer");
        assertRejected(server.send(method, self + path, body, "Authorization", "Basic " + lease.secret()), 401,
                "secret-missing");
        assertRejected(server.send(method, self + path, body, "Authorization", "Bearer"), 401, "secret-missing");

        assertRejected(server.send(method, self + path, body, "Authorization", "Bearer wrong"), 401, "secret-wrong");
        assertRejected(server.send(method, self + path, body, "Authorization", "Bearer " + lease.secret() + "x"), 401,
                "secret-wrong");

        String unknown = "/peers/" + new TestPeer().id();
        assertRejected(server.send(method, unknown + path, body, "Authorization", "Bearer " + lease.secret()), 404,
                "lease-unknown");
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
        assertRejected(server.send("GET", "/representations/" + DIGEST, ""), 404, "representation-unknown");
    }
}
