package io.fingerpost.registry.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.OrdersRequest;
import io.fingerpost.contract.api.Problem;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.WireJson;
import io.fingerpost.registry.RegistryFixture;
import io.fingerpost.testing.FuzzTarget;
import io.fingerpost.testing.TestPeer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Any bytes as bodies, paths and fields, to a real server: there is always an answer, an error is a problem and never ours, and who
 * has not the secret changes nothing.
 */
class RegistryApiFuzzTest {
    private static final Set<String> METHODS = Set.of("GET", "POST", "DELETE", "PUT", "HEAD", "OPTIONS", "PATCH");

    /** Knows all names, as the registry's does: Jackson then takes some that have a byte FF for the ones without it. */
    private static final JsonMapper STRICT = warm();
    private static final JsonMapper QUESTIONS = warmForQuestions();
    /** Hosts in networks that no peer may be in. */
    private static final Set<String> REFUSED = Set.of("192.0.2.1", "169.254.169.254");

    private static ApiServer server;
    private static PlainConnection connection;
    private static TestPeer anna;
    private static LeaseGrant lease;

    @BeforeAll
    static void start() throws IOException {
        server = new ApiServer();
        anna = new TestPeer();
        lease = server.fixture.register(anna);
        server.fixture.registry.update(anna.id(), lease.secret(), held());
        connection = new PlainConnection(server.uri("/").getPort());
    }

    @AfterAll
    static void stop() throws IOException {
        connection.close();
        server.close();
    }

    private static HoldingsUpdate held() {
        return new HoldingsUpdate(true, List.of(HoldingsUpdate.Held.complete(RegistryFixture.digest(7), 10)),
                List.of());
    }

    private static String peer(String rest) {
        return ApiPaths.EMBEDDED + ApiPaths.peer(anna.id()) + rest;
    }

    @FuzzTarget
    void registration(byte[] input) throws IOException {
        if (isForAnotherEndpoint(input)) {
            return; // the registry would dial it, or look up its name
        }
        assertRefused(post(ApiPaths.EMBEDDED + ApiPaths.peers(), "", "application/json", input));
        assertUnchanged();
    }

    private static JsonMapper warmForQuestions() {
        var strict = WireJson.strict();
        var question = new OrdersRequest(List.of(new OrdersRequest.Failed(RegistryFixture.digest(7), Optional.empty())),
                List.of());
        WireJson.read(strict, strict.writeValueAsBytes(question), OrdersRequest.class);
        return strict;
    }

    private static JsonMapper warm() {
        var strict = WireJson.strict();
        var registration = new TestPeer().registration(new PeerEndpoint("http", "192.0.2.1", 80));
        WireJson.read(strict, strict.writeValueAsBytes(registration), Registration.class);
        return strict;
    }

    private static boolean isForAnotherEndpoint(byte[] input) {
        try {
            return !REFUSED.contains(WireJson.read(STRICT, input, Registration.class).endpoints().getFirst().host());
        } catch (JacksonException e) {
            return false;
        }
    }

    @FuzzTarget
    void heartbeat(byte[] input) throws IOException {
        var answer = post(peer("/heartbeat"), lease.secret(), "application/json", input);
        if (answer.status() != 200) {
            assertRefused(answer);
        }
        assertUnchanged();
    }

    @FuzzTarget
    void heartbeatWithoutTheSecret(byte[] input) throws IOException {
        assertThat(assertRefused(post(peer("/heartbeat"), "", "application/json", input))).isEqualTo(401);
        assertUnchanged();
    }

    /** Who has the secret may say anything about itself, but not more than a peer may hold. */
    @FuzzTarget
    void holdings(byte[] input) throws IOException {
        var answer = post(peer("/holdings"), lease.secret(), HoldingsUpdate.MEDIA_TYPE, input);
        if (answer.status() != 204) {
            assertRefused(answer);
            assertUnchanged();
            return;
        }
        assertThat(server.fixture.registry.holdingCount()).isLessThanOrEqualTo(RegistryFixture.MAX_HOLDINGS);
        server.fixture.registry.update(anna.id(), lease.secret(), held());
        assertUnchanged();
    }

    @FuzzTarget
    void holdingsWithoutTheSecret(byte[] input) throws IOException {
        assertThat(assertRefused(post(peer("/holdings"), "guessed", HoldingsUpdate.MEDIA_TYPE, input)))
                .isIn(400, 401);
        assertUnchanged();
    }

    /** No resource is known: whatever is asked for, there is no plan. */
    @FuzzTarget
    void plan(byte[] input) throws IOException {
        assertThat(assertRefused(post(peer("/plan"), lease.secret(), "application/json", input))).isIn(400, 404, 413);
        assertUnchanged();
    }

    /** What is a question would wait for its answer: that one is asked without the secret. */
    @FuzzTarget
    void orders(byte[] input) throws IOException {
        boolean isQuestion = isQuestion(input);
        var answer = post(peer("/orders"), isQuestion ? "guessed" : lease.secret(), "application/json", input);
        assertThat(assertRefused(answer)).isIn(isQuestion ? List.of(401, 413) : List.of(400, 413));
        assertUnchanged();
    }

    private static boolean isQuestion(byte[] input) {
        try {
            WireJson.read(QUESTIONS, input, OrdersRequest.class);
            return true;
        } catch (JacksonException e) {
            return false;
        }
    }

    /** The first word is the method, the rest the target, and what follows a line break stands for the secret. */
    @FuzzTarget
    void requestLine(byte[] input) throws IOException {
        String[] lines = new String(input, ISO_8859_1).split("\n", 2);
        int space = lines[0].indexOf(' ');
        String method = lines[0].substring(0, Math.max(0, space));
        String target = ApiPaths.ROOT + lines[0].substring(space + 1);
        if (target.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
            return; // no request line: that is the server's own to refuse, and it closes
        }
        String secret = lines.length == 1 ? "" : lines[1].replaceAll("[\\x00-\\x1f]", "");
        boolean head = method.equals("HEAD");
        var answer = connection.send(METHODS.contains(method) ? method : "GET", target,
                "Authorization: Bearer " + secret + "\r\n", new byte[0]);

        assertThat(answer.status()).isNotEqualTo(500);
        // A malformed percent-encoding is refused by the HTTP server itself.
        boolean ours = answer.status() != 400 || !answer.body().isEmpty();
        if (answer.status() >= 400 && !head && ours) {
            assertRefused(answer);
        }
        assertUnchanged();
    }

    private static PlainConnection.Answer post(String target, String secret, String type, byte[] body)
            throws IOException {
        String authorization = secret.isEmpty() ? "" : "Authorization: Bearer " + secret + "\r\n";
        return connection.send("POST", target, authorization + "Content-Type: " + type + "\r\n", body);
    }

    private static int assertRefused(PlainConnection.Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isBetween(400, 499);
        assertThat(answer.head()).contains("Content-Type: " + Problem.MEDIA_TYPE);
        var problem = WireJson.strict().readValue(answer.body(), Problem.class);
        assertThat(problem.status()).isEqualTo(answer.status());
        assertThat(problem.detail()).isNotBlank().hasSizeLessThan(1_000);
        return answer.status();
    }

    private static void assertUnchanged() {
        assertThat(server.fixture.registry.peerCount()).isOne();
        assertThat(server.fixture.registry.holdingCount()).isOne();
        assertThat(server.fixture.store.holds(anna.id(), RegistryFixture.digest(7))).isTrue();
        assertThat(server.fixture.store.find(anna.id())).get()
                .satisfies(known -> assertThat(known.leaseUntil())
                        .isEqualTo(RegistryFixture.NOW.plus(RegistryFixture.TERMS.ttl())));
    }
}
