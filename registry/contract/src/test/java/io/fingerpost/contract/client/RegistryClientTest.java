package io.fingerpost.contract.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.HttpServer;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PieceHashes;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.api.Discovery;
import io.fingerpost.contract.api.Heartbeat;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.LeaseRenewal;
import io.fingerpost.contract.api.LeaseTerms;
import io.fingerpost.contract.api.Problem;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.api.WireJson;
import io.fingerpost.testing.TestPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class RegistryClientTest {
    private static final LeaseTerms TERMS = new LeaseTerms(Duration.ofSeconds(30), Duration.ofSeconds(10));
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Heartbeat HEARTBEAT = new Heartbeat(new UploadReport(3, 1_000_000, 70_000_000),
            Optional.of(5L));
    private static final Sha256 DIGEST = Sha256.digestOf(new byte[] {1});

    private final JsonMapper json = WireJson.strict();
    private final TestPeer peer = new TestPeer();
    private final Registration registration = peer.registration(PeerEndpoint.parse("http://192.0.2.7:8080"));
    private final LeaseGrant lease = new LeaseGrant(peer.id(), "s3cret", TicketKey.derive(new byte[32], peer.id()),
            false, TERMS,
            NOW, Reachability.YES);

    private record Seen(String method, String path, String authorization, String body) {}

    private record Answer(int status, String body) {}

    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private HttpServer server;
    private HttpClient http;
    private RegistryClient client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                var authorization = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"));
                String path = exchange.getRequestURI().toString();
                seen.add(new Seen(exchange.getRequestMethod(), path, authorization.orElse(""),
                        new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1)));
                var answer = answers.getOrDefault(path, new Answer(404, "<html>no such page</html>"));
                byte[] body = answer.body.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(answer.status, body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        });
        server.start();
        http = HttpClient.newHttpClient();
        client = new RegistryClient(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/some/page?q"));
        answer(ApiPaths.ROOT, 200, new Discovery(List.of(ApiPaths.EMBEDDED), TERMS));
    }

    @AfterEach
    void stop() {
        http.close();
        server.stop(0);
    }

    private void answer(String path, int status, Object body) {
        answers.put(path, new Answer(status, body instanceof String text ? text : json.writeValueAsString(body)));
    }

    @Test
    void findsTheRegistryByTheDiscoveryDocumentOnce() throws IOException {
        answer(ApiPaths.EMBEDDED + ApiPaths.heartbeat(peer.id()), 200,
                new LeaseRenewal(TERMS, NOW, Reachability.YES, true));

        assertThat(client.heartbeat(lease, HEARTBEAT)).isEqualTo(new LeaseRenewal(TERMS, NOW, Reachability.YES, true));
        client.heartbeat(lease, HEARTBEAT);

        assertThat(seen).extracting(Seen::path).containsExactly(ApiPaths.ROOT,
                ApiPaths.EMBEDDED + ApiPaths.heartbeat(peer.id()), ApiPaths.EMBEDDED + ApiPaths.heartbeat(peer.id()));
    }

    @Test
    void goesToARegistryOfItsOwnAddressIfTheDocumentSaysSo() throws IOException {
        String elsewhere = "http://localhost:" + server.getAddress().getPort() + "/registry";
        answer(ApiPaths.ROOT, 200, new Discovery(List.of(elsewhere), TERMS));
        answer("/registry" + ApiPaths.heartbeat(peer.id()), 200, new LeaseRenewal(TERMS, NOW, Reachability.YES, true));

        assertThat(client.heartbeat(lease, HEARTBEAT).terms()).isEqualTo(TERMS);
    }

    @Test
    void goesOnToTheNextRegistryWhenOneIsGoneOrCannotAnswer() throws IOException {
        String base = "http://127.0.0.1:" + server.getAddress().getPort();
        String heartbeat = ApiPaths.heartbeat(peer.id());
        answer(ApiPaths.ROOT, 200, new Discovery(List.of(base + "/unable", "http://127.0.0.1:1/gone", base + "/able"),
                TERMS));
        answer("/unable" + heartbeat, 503, Problem.of(503, "registry-not-kept", "later"));
        answer("/able" + heartbeat, 200, new LeaseRenewal(TERMS, NOW, Reachability.YES, true));

        client.heartbeat(lease, HEARTBEAT);
        client.heartbeat(lease, HEARTBEAT);

        assertThat(seen).extracting(Seen::path).filteredOn(path -> path.startsWith("/able")).hasSize(2);
        answers.remove("/able" + heartbeat);
        answer("/able" + heartbeat, 404, Problem.of(404, "lease-unknown", "register again"));
        assertThatIOException().as("it can answer").isThrownBy(() -> client.heartbeat(lease, HEARTBEAT))
                .isInstanceOf(RegistryRefused.class);
        assertThat(seen.getLast().path()).startsWith("/able");
    }

    @Test
    void registersWithoutATokenAndWithOne() throws IOException {
        answer(ApiPaths.EMBEDDED + ApiPaths.peers(), 201, lease);

        LeaseGrant granted = client.register(registration, Optional.empty());
        client.register(registration, Optional.of("t0ken"));

        assertThat(granted).usingRecursiveComparison().isEqualTo(lease);
        assertThat(seen.subList(1, 3)).containsExactly(
                new Seen("POST", ApiPaths.EMBEDDED + "/peers", "", json.writeValueAsString(registration)),
                new Seen("POST", ApiPaths.EMBEDDED + "/peers", "Bearer t0ken", json.writeValueAsString(registration)));
    }

    @Test
    void showsTheLeaseSecretForAllThatChangesTheLease() throws IOException {
        String holdings = ApiPaths.EMBEDDED + ApiPaths.holdings(peer.id());
        String self = ApiPaths.EMBEDDED + ApiPaths.peer(peer.id());
        String heartbeat = ApiPaths.EMBEDDED + ApiPaths.heartbeat(peer.id());
        answer(heartbeat, 200, new LeaseRenewal(TERMS, NOW, Reachability.YES, true));
        answer(holdings, 204, "");
        answer(self, 204, "");
        var update = new HoldingsUpdate(List.of(Held.complete(DIGEST, 1)), List.of());

        client.heartbeat(lease, HEARTBEAT);
        client.announce(lease, update);
        client.goodbye(lease);

        assertThat(seen.subList(1, 4)).containsExactly(
                new Seen("POST", heartbeat, "Bearer s3cret", json.writeValueAsString(HEARTBEAT)),
                new Seen("POST", holdings, "Bearer s3cret", new String(update.bytes(), StandardCharsets.ISO_8859_1)),
                new Seen("DELETE", self, "Bearer s3cret", ""));
    }

    @Test
    void readsARepresentation() throws IOException {
        var representation = new Representation(DIGEST, 1, new ReplayedHeaders(Map.of("ETag", "\"v1\"")),
                PieceHashes.of(List.of(DIGEST)));
        answer(ApiPaths.EMBEDDED + ApiPaths.representation(DIGEST), 200, representation);

        assertThat(client.representation(DIGEST)).isEqualTo(representation);
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 404})
    void saysThatTheLeaseIsLost(int status) {
        var problem = Problem.of(status, "lease-unknown", "register again");
        answer(ApiPaths.EMBEDDED + ApiPaths.heartbeat(peer.id()), status, problem);

        assertThatExceptionOfType(RegistryRefused.class).isThrownBy(() -> client.heartbeat(lease, HEARTBEAT))
                .withMessage(status + " lease unknown: register again")
                .satisfies(refused -> {
                    assertThat(refused.problem()).isEqualTo(problem);
                    assertThat(refused.isLeaseLost()).isTrue();
                });
    }

    @Test
    void doesNotTakeAFullRegistryForALostLease() {
        answer(ApiPaths.EMBEDDED + ApiPaths.peers(), 503, Problem.of(503, "registry-full", "no room"));

        assertThatExceptionOfType(RegistryRefused.class)
                .isThrownBy(() -> client.register(registration, Optional.empty()))
                .satisfies(refused -> assertThat(refused.isLeaseLost()).isFalse());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "null", "{}", "[]", "{\"type\":\"about:blank\"}"})
    void asksWhetherTheUrlIsRightIfTheAnswerIsNotARegistrys(String body) {
        answer(ApiPaths.ROOT, 502, body);

        assertThatExceptionOfType(RegistryRefused.class).isThrownBy(() -> client.discover())
                .withMessageContaining("is the broker's URL right?")
                .satisfies(refused -> assertThat(refused.problem().status()).isEqualTo(502));
    }

    @Test
    void followsNoRedirect() {
        answer(ApiPaths.ROOT, 302, "");

        assertThatExceptionOfType(RegistryRefused.class).isThrownBy(() -> client.discover());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "{", "[]", "{\"registries\":[\"/\"]}", "{\"registries\":null,\"lease\":null}",
            "{\"registries\":[],\"lease\":{\"ttl\":\"PT30S\",\"heartbeat\":\"PT10S\"}}",
            "{\"registries\":[\"/\"],\"lease\":{\"ttl\":\"PT1S\",\"heartbeat\":\"PT2S\"}}"})
    void failsOnAnAnswerThatMakesNoSense(String body) {
        answer(ApiPaths.ROOT, 200, body);

        assertThatIOException().isThrownBy(() -> client.discover()).withMessageContaining("makes no sense");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://bad host/", "ftp://registry.example", "mailto:x"})
    void failsOnADiscoveryDocumentThatNamesNoRegistry(String registry) {
        answer(ApiPaths.ROOT, 200, new Discovery(List.of(registry), TERMS));

        assertThatIOException().isThrownBy(() -> client.heartbeat(lease, HEARTBEAT))
                .withMessageContaining("names no registry");
    }

    @Test
    void readsNoMoreThanARegistryCouldHaveToSay() {
        answer(ApiPaths.ROOT, 200, " ".repeat((4 << 20) + 1));

        assertThatIOException().isThrownBy(() -> client.discover()).withMessageNotContaining("makes no sense");
    }

    @Test
    void failsIfNobodyListens() {
        server.stop(0);

        assertThatIOException().isThrownBy(() -> client.discover())
                .satisfies(failure -> assertThat(failure).isNotInstanceOf(RegistryRefused.class));
    }

    @Test
    void staysInterruptedIfItIsInterrupted() {
        Thread.currentThread().interrupt();

        assertThatIOException().isThrownBy(() -> client.discover()).withMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }
}
