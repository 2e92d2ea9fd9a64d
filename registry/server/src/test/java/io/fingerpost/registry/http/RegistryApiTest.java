package io.fingerpost.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.fingerpost.contract.HoldingsChecksum;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.api.Discovery;
import io.fingerpost.contract.api.Heartbeat;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.Orders;
import io.fingerpost.contract.api.OrdersRequest;
import io.fingerpost.contract.api.PlanRequest;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.api.WireJson;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.client.RegistryRefused;
import io.fingerpost.registry.RegistryFixture;
import io.fingerpost.registry.admission.ProvingServer;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.testing.TestPeer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The API as an agent uses it: with the contract's own client. */
class RegistryApiTest {
    private static final String IDLE = "{\"uploads\":{\"active\":0,\"bytesLeft\":0,\"servedThisMonth\":0},\"holdings\":null}";

    private final ApiServer server = new ApiServer();
    private final RegistryFixture fixture = server.fixture;
    private final HttpClient http = HttpClient.newHttpClient();
    private final RegistryClient client = new RegistryClient(server.uri("/"));
    private final TestPeer anna = new TestPeer();

    @AfterEach
    void stop() {
        http.close();
        server.close();
    }

    private static Heartbeat saying(long checksum) {
        return new Heartbeat(UploadReport.IDLE, Optional.of(checksum));
    }

    private LeaseGrant register(TestPeer peer, Optional<String> token) throws IOException {
        try (var endpoint = ProvingServer.of(peer)) {
            return client.register(peer.registration(endpoint.endpoint()), token);
        }
    }

    @Test
    void servesAPeerForItsWholeLife() throws IOException {
        LeaseGrant lease = register(anna, Optional.empty());
        assertThat(lease.peerId()).isEqualTo(anna.id());

        client.announce(lease, new HoldingsUpdate(
                List.of(Held.complete(RegistryFixture.digest(1), 10), Held.complete(RegistryFixture.digest(2), 10)),
                List.of()));
        assertThat(fixture.registry.holders(RegistryFixture.digest(1)).live(fixture.clock.instant())).hasSize(1);
        client.announce(lease, new HoldingsUpdate(List.of(), List.of(RegistryFixture.digest(1))));
        assertThat(fixture.registry.holders(RegistryFixture.digest(1)).live(fixture.clock.instant())).isEmpty();

        fixture.clock.advance(RegistryFixture.TERMS.heartbeat());
        var renewal = client.heartbeat(lease, saying(HoldingsChecksum.ofComplete(RegistryFixture.digest(2))));
        assertThat(renewal.inSync()).isTrue();
        assertThat(client.heartbeat(lease, saying(0)).inSync()).isFalse();
        assertThat(renewal.now()).isEqualTo(fixture.clock.instant());

        client.goodbye(lease);
        assertThat(fixture.registry.peerCount()).isZero();
        assertThatExceptionOfType(RegistryRefused.class).isThrownBy(() -> client.heartbeat(lease, saying(0)))
                .satisfies(refused -> assertThat(refused.isLeaseLost()).isTrue());
    }

    @Test
    void tellsAPeerWhoseLeaseRanOutToRegisterAgain() throws IOException {
        LeaseGrant lease = register(anna, Optional.empty());
        fixture.clock.advance(RegistryFixture.TERMS.ttl());

        assertThatExceptionOfType(RegistryRefused.class).isThrownBy(() -> client.heartbeat(lease, saying(0)))
                .withMessageContaining("register again")
                .satisfies(refused -> assertThat(refused.isLeaseLost()).isTrue());

        assertThat(client.heartbeat(register(anna, Optional.empty()), saying(0)).inSync()).isTrue();
    }

    @Test
    void knowsASuperNodeByItsToken() throws IOException {
        assertThat(register(anna, Optional.of(RegistryFixture.SUPER_NODE_TOKEN)).superNode()).isTrue();
    }

    @Test
    void takesAFullUpdateOfPartialHoldings() throws IOException {
        LeaseGrant lease = register(anna, Optional.empty());
        var drop = new ArrayList<>(Collections.nCopies(HoldingsUpdate.MAX_ENTRIES - RegistryFixture.MAX_HOLDINGS,
                RegistryFixture.digest(9)));
        var hold = new ArrayList<Held>();
        var bits = new BitSet();
        bits.set(1, 1_024);
        for (int i = 0; i < RegistryFixture.MAX_HOLDINGS; i++) {
            hold.add(new Held(RegistryFixture.digest(i), PieceSet.of(1_024, bits)));
        }

        client.announce(lease, new HoldingsUpdate(hold, drop));

        assertThat(fixture.registry.holdingCount()).isEqualTo(RegistryFixture.MAX_HOLDINGS);
    }

    @Test
    void tellsThePieceHashesOfWhatItKnows() throws IOException {
        var large = RegistryFixture.representation(65_536L * PieceLayout.MAX_PIECE); // the longest list there is
        fixture.representations.learn(new ResourceId("/maps/alps.pak"), large, RegistryFixture.NOW);

        assertThat(client.representation(large.digest())).isEqualTo(large);
    }

    /** The same bytes under two names: each name has its own type, tag and date. */
    @Test
    void tellsTheHeadersOfTheResourceThatIsAskedFor() throws IOException {
        var asBinary = RegistryFixture.representation(10);
        var asPage = new Representation(asBinary.digest(), asBinary.size(),
                new ReplayedHeaders(Map.of("Content-Type", "text/html", "ETag", "\"page\"")), asBinary.pieces());
        fixture.representations.learn(new ResourceId("/a%20b.bin?v=1"), asBinary, RegistryFixture.NOW);
        fixture.representations.learn(new ResourceId("/a.html"), asPage, RegistryFixture.NOW);

        assertThat(client.representation(asBinary.digest(), "/a%20b.bin?v=1")).isEqualTo(asBinary);
        assertThat(client.representation(asBinary.digest(), "/a.html")).isEqualTo(asPage);
        assertThatIOException().isThrownBy(() -> client.representation(asBinary.digest(), "/other"))
                .withMessageContaining("404");
    }

    @Test
    void showsWhereItIs() throws Exception {
        var response = server.get(ApiPaths.ROOT);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/json");
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(WireJson.strict().readValue(response.body(), Discovery.class))
                .isEqualTo(new Discovery(List.of(ApiPaths.EMBEDDED), RegistryFixture.TERMS));
    }

    @Test
    void answersWithTheRightKindOfSuccess() throws Exception {
        LeaseGrant lease = fixture.register(anna);
        String peer = "/peers/" + anna.id();
        String[] secret = {"Authorization", "bearer " + lease.secret()};

        assertThat(server.send("POST", peer + "/heartbeat", IDLE, secret).statusCode()).isEqualTo(200);
        assertThat(server
                .send("POST", peer + "/holdings", "\u0000", "Authorization", "bearer " + lease.secret(), "Content-Type",
                        "Application/vnd.Fingerpost.holdings; x=y")
                .statusCode()).isEqualTo(204);
        assertThat(server.send("DELETE", peer, "", secret).statusCode()).isEqualTo(204);
        try (var endpoint = ProvingServer.of(anna)) {
            var registration = WireJson.strict().writeValueAsString(anna.registration(endpoint.endpoint()));

            var response = server.send("POST", "/peers", registration, "Content-Type",
                    "Application/JSON ; charset=utf-8");

            assertThat(response.statusCode()).isEqualTo(201);
            assertThat(response.headers().firstValue("Cache-Control")).as("it holds a secret").hasValue("no-store");
        }
    }

    @Test
    void ordersComeWithPlansAndAnnouncementsAndWhenAskedFor() throws Exception {
        var large = RegistryFixture.representation(3 * PieceLayout.MIN_PIECE);
        fixture.representations.learn(new ResourceId("/maps/alps.pak"), large, RegistryFixture.NOW.plusSeconds(3_600));
        LeaseGrant first = register(anna, Optional.empty());
        LeaseGrant second = register(new TestPeer(), Optional.empty());

        var plan = client.plan(first, new PlanRequest("/maps/alps.pak"));
        assertThat(plan.representation()).isEqualTo(large);
        assertThat(plan.orders()).singleElement().satisfies(order -> assertThat(order.from()).isEmpty());
        assertThat(client.plan(second, new PlanRequest("/maps/alps.pak")).orders()).isEmpty();
        var waiting = CompletableFuture.supplyAsync(() -> asked(second));
        client.announce(first, new HoldingsUpdate(
                List.of(Held.complete(large.digest(), large.size())), List.of()));

        var orders = waiting.get(10, TimeUnit.SECONDS).orders();
        assertThat(orders).singleElement().satisfies(order -> assertThat(order.from()).hasValue(anna.id()));
        var bits = new BitSet();
        bits.set(orders.getFirst().pieces().getFirst());
        client.announce(second, new HoldingsUpdate(List.of(new Held(large.digest(), PieceSet.of(3, bits))), List.of()));
        assertThat(client.announce(second, new HoldingsUpdate(
                List.of(Held.complete(large.digest(), large.size())), List.of())).orders()).isEmpty();
    }

    @Test
    void anAnnouncementIsAnsweredWithOrdersOnlyIfThereAreSome() throws Exception {
        var large = RegistryFixture.representation(2 * PieceLayout.MIN_PIECE);
        fixture.representations.learn(new ResourceId("/maps/alps.pak"), large, RegistryFixture.NOW.plusSeconds(3_600));
        LeaseGrant first = register(anna, Optional.empty());
        LeaseGrant second = register(new TestPeer(), Optional.empty());
        client.plan(first, new PlanRequest("/maps/alps.pak"));
        client.plan(second, new PlanRequest("/maps/alps.pak"));
        var all = new HoldingsUpdate(List.of(Held.complete(large.digest(), large.size())), List.of());

        assertThat(announced(first, all)).isEqualTo(204);
        assertThat(announced(second, new HoldingsUpdate(List.of(), List.of()))).isEqualTo(200);
    }

    private int announced(LeaseGrant lease, HoldingsUpdate update) throws Exception {
        return server.send("POST", "/peers/" + lease.peerId() + "/holdings",
                new String(update.bytes(), StandardCharsets.ISO_8859_1), "Authorization",
                "bearer " + lease.secret(), "Content-Type", HoldingsUpdate.MEDIA_TYPE).statusCode();
    }

    private Orders asked(LeaseGrant lease) {
        try {
            return client.orders(lease, new OrdersRequest(List.of(), List.of()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
