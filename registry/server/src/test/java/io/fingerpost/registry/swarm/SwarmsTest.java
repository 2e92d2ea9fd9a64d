package io.fingerpost.registry.swarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.Order;
import io.fingerpost.contract.api.Orders;
import io.fingerpost.contract.api.OrdersRequest;
import io.fingerpost.contract.api.OrdersRequest.Failed;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.RegistryFixture;
import io.fingerpost.registry.RequestRejected;
import io.fingerpost.registry.admission.ProvingServer;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.swarm.SwarmMeters.PieceSource;
import io.fingerpost.registry.swarm.SwarmMeters.PlanOutcome;
import io.fingerpost.testing.TestPeer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What peers are told, with the registry behind it and a clock that stands still. */
class SwarmsTest {
    private static final int PIECES = 4;
    private static final int PIECE = 65_536;
    private static final ResourceId ALPS = new ResourceId("/alps.pak");
    private static final OrdersRequest ASKING = new OrdersRequest(List.of(), List.of());

    private final RegistryFixture fixture = new RegistryFixture();
    private final Swarms swarms = fixture.swarms;
    private final Representation alps = RegistryFixture.representation((long) PIECES * PIECE);
    private final LeaseGrant anna = fixture.register(new TestPeer());

    SwarmsTest() {
        fixture.representations.learn(ALPS, alps, RegistryFixture.NOW.plusSeconds(3_600));
    }

    private LeaseGrant somebody() {
        return fixture.register(new TestPeer());
    }

    private List<Order> plan(LeaseGrant lease) {
        return swarms.plan(lease.peerId(), lease.secret(), ALPS).orders();
    }

    private List<Order> announce(LeaseGrant lease, int... pieces) {
        var bits = new BitSet();
        for (int piece : pieces) {
            bits.set(piece);
        }
        var held = new Held(alps.digest(), PieceSet.of(PIECES, bits));
        return swarms.announced(lease.peerId(), lease.secret(), new HoldingsUpdate(List.of(held), List.of())).orders();
    }

    private List<Order> announceAll(LeaseGrant lease) {
        return announce(lease, 0, 1, 2, 3);
    }

    /** The answers to a question, none of them so far. */
    private List<Orders> ask(LeaseGrant lease, OrdersRequest request) {
        var answers = new ArrayList<Orders>();
        swarms.orders(lease.peerId(), lease.secret(), request, answers::add);
        return answers;
    }

    private Peer peer(LeaseGrant lease) {
        return fixture.store.find(lease.peerId()).orElseThrow();
    }

    /** Long enough for a look at everybody. */
    private void pass(Duration time) {
        fixture.clock.advance(time);
        for (int i = 0; i < 5; i++) {
            swarms.tick();
        }
    }

    private static void assertRejected(int status, String kind, Runnable asking) {
        assertThatExceptionOfType(RequestRejected.class).isThrownBy(asking::run).satisfies(rejected -> {
            assertThat(rejected.problem().status()).isEqualTo(status);
            assertThat(rejected.problem().is(kind)).as(rejected.problem().toString()).isTrue();
        });
    }

    private static List<Integer> pieces(List<Order> orders) {
        return orders.stream().flatMap(order -> order.pieces().stream()).sorted().toList();
    }

    private static List<Optional<PeerId>> sources(List<Order> orders) {
        return orders.stream().map(Order::from).distinct().toList();
    }

    @Test
    void thereIsNoPlanForWhatIsNotKnown() {
        assertRejected(404, "no-plan",
                () -> swarms.plan(anna.peerId(), anna.secret(), new ResourceId("/unknown")));
        fixture.clock.advance(Duration.ofSeconds(5));
        assertThat(swarms.count()).isZero();
    }

    @Test
    void thereIsNoPlanForStrangers() {
        var stranger = new TestPeer().id();

        assertRejected(401, "secret-wrong", () -> swarms.plan(anna.peerId(), "wrong", ALPS));
        assertRejected(404, "lease-unknown", () -> swarms.plan(stranger, anna.secret(), ALPS));
        assertRejected(401, "secret-wrong", () -> swarms.orders(anna.peerId(), "wrong", ASKING, _ -> {}));
        assertRejected(404, "lease-unknown", () -> swarms.orders(stranger, anna.secret(), ASKING, _ -> {}));
        assertThat(swarms.count()).isZero();
    }

    @Test
    void whoeverHoldsAllOfItHasNothingToDo() {
        announceAll(anna);

        assertThat(plan(anna)).isEmpty();
        assertThat(swarms.count()).isZero();
    }

    @Test
    void theFirstTakesItFromTheOrigin() {
        var orders = plan(anna);

        assertThat(sources(orders)).containsExactly(Optional.empty());
        assertThat(pieces(orders)).containsExactly(0, 1, 2, 3);
        assertThat(plan(anna)).as("it has lost them").isEqualTo(orders);
    }

    @Test
    void whoeverWaitsIsToldWhatAnotherHasGot() {
        plan(anna);
        var ben = somebody();
        assertThat(plan(ben)).isEmpty();
        var answers = ask(ben, ASKING);
        assertThat(answers).isEmpty();

        announce(anna, 2);

        assertThat(answers).hasSize(1);
        var order = answers.getFirst().orders().getFirst();
        assertThat(order.from()).hasValue(anna.peerId());
        assertThat(order.pieces()).containsExactly(2);
        assertThat(order.url()).get().asString().startsWith(fixture.endpointOf(anna).url()).contains("?t=");
        announce(anna, 1, 2, 3);
        assertThat(answers).as("one question has one answer").hasSize(1);
    }

    @Test
    void nobodyWaitsForAProcessThatIsAboutToEnd() {
        plan(anna);
        var ben = somebody();
        plan(ben);
        var answers = ask(ben, ASKING);

        swarms.letGo();

        assertThat(answers).containsExactly(Orders.NONE);
        assertThat(ask(ben, ASKING)).as("from now on at once").containsExactly(Orders.NONE);
    }

    @Test
    void whoeverAnnouncesIsToldMore() {
        plan(anna);
        var ben = somebody();
        plan(ben);
        announceAll(anna);

        var orders = announce(ben, 0);

        assertThat(sources(orders)).containsExactly(Optional.of(anna.peerId()));
        assertThat(announceAll(ben)).isEmpty();
    }

    @Test
    void aPlanHasTheOrdersForWhatWasAskedForAlone() {
        var andes = new Representation(RegistryFixture.digest(2), alps.size(), alps.headers(), alps.pieces());
        var path = new ResourceId("/andes.pak");
        fixture.representations.learn(path, andes, RegistryFixture.NOW.plusSeconds(3_600));
        plan(anna);
        var ben = somebody();
        plan(ben);
        announce(anna, 0); // ben is to take that, and has not been told yet

        var orders = swarms.plan(ben.peerId(), ben.secret(), path).orders();

        assertThat(orders).isNotEmpty().allMatch(order -> order.digest().equals(andes.digest()));
        assertThat(announce(ben, 3)).as("what was not for that plan").extracting(Order::digest)
                .contains(alps.digest());
    }

    @Test
    void whatAPeerDoesNotNameWhenItSaysAllAnewIsNotTakenFromItAnyMore() {
        plan(anna);
        announce(anna, 0, 1);
        swarms.announced(anna.peerId(), anna.secret(), new HoldingsUpdate(true, List.of(), List.of()));
        var ben = somebody();

        assertThat(sources(plan(ben))).containsExactly(Optional.empty());
    }

    @Test
    void aQuestionIsAnsweredWithNothingInTheEnd() {
        var answers = ask(anna, ASKING);
        pass(Duration.ofSeconds(OrdersRequest.LONGEST_WAIT_SECONDS).minusMillis(1));
        assertThat(answers).isEmpty();

        pass(Duration.ofMillis(1));

        assertThat(answers).containsExactly(Orders.NONE);
    }

    @Test
    void aLaterQuestionAnswersTheEarlier() {
        var earlier = ask(anna, ASKING);
        var later = ask(anna, ASKING);

        assertThat(earlier).containsExactly(Orders.NONE);
        assertThat(later).isEmpty();
    }

    @Test
    void whatASourceFailedToSendComesFromAnother() {
        announceAll(anna);
        var ben = somebody();
        announceAll(ben);
        var carl = somebody();
        var orders = plan(carl);
        var failed = orders.getFirst().from();
        assertThat(failed).isPresent();

        var answers = ask(carl, new OrdersRequest(List.of(new Failed(alps.digest(), failed)), List.of()));
        announce(carl, pieces(orders).getLast());

        var told = new ArrayList<Order>();
        answers.forEach(answer -> told.addAll(answer.orders()));
        assertThat(sources(told)).doesNotContain(failed);
        assertThat(ask(carl, new OrdersRequest(List.of(new Failed(RegistryFixture.digest(9), failed),
                new Failed(alps.digest(), Optional.of(new TestPeer().id()))), List.of()))).isEmpty();
    }

    @Test
    void whatOneLeavesAnotherTakes() {
        plan(anna);
        var ben = somebody();
        plan(ben);
        var answers = ask(ben, ASKING);

        ask(anna, new OrdersRequest(List.of(), List.of(alps.digest())));

        assertThat(answers).hasSize(1);
        assertThat(sources(answers.getFirst().orders())).containsExactly(Optional.empty());
        ask(ben, new OrdersRequest(List.of(), List.of(alps.digest(), RegistryFixture.digest(9))));
        assertThat(swarms.count()).isZero();
    }

    @Test
    void whoeverIsDoneServesThoseWhoAreNot() {
        plan(anna);
        var ben = somebody();
        plan(ben);
        announceAll(anna);
        ask(anna, new OrdersRequest(List.of(), List.of(alps.digest())));

        assertThat(pieces(announce(ben, 0))).isSubsetOf(1, 2, 3);
        assertThat(sources(plan(ben))).containsExactly(Optional.of(anna.peerId()));
        announceAll(ben);
        ask(ben, new OrdersRequest(List.of(), List.of(alps.digest())));
        assertThat(swarms.count()).isZero();
    }

    @Test
    void whoseLeaseEndedIsForgotten() {
        plan(anna);
        var answers = ask(anna, ASKING);
        answers.clear();
        fixture.clock.advance(RegistryFixture.TERMS.ttl());
        fixture.registry.sweep();

        pass(Duration.ZERO);

        assertThat(swarms.count()).isZero();
        assertThat(answers).containsExactly(Orders.NONE);
    }

    @Test
    void whoeverSaidGoodbyeIsForgotten() {
        plan(anna);
        fixture.registry.goodbye(anna.peerId(), anna.secret());

        pass(Duration.ZERO);

        assertThat(swarms.count()).isZero();
    }

    @ParameterizedTest
    @EnumSource(value = Peer.State.class, names = {"DOWN", "QUARANTINED", "UNPROVED"})
    void whoeverDoesNotServeIsGivenToNobody(Peer.State state) {
        announceAll(anna);
        peer(anna).turn(state, Reachability.YES);
        var ben = somebody();

        assertThat(sources(plan(ben))).as("the origin serves").containsOnly(Optional.empty());
    }

    @Test
    void nobodySendsMoreThanItsQuota() {
        var budget = new UploadBudget(10_000_000, 4, 2 * PIECE);
        var frugal = new TestPeer();
        LeaseGrant lease;
        try (var endpoint = ProvingServer.of(frugal)) {
            lease = fixture.registry.register(frugal.registration(endpoint.endpoint(), budget), Optional.empty(),
                    InetAddress.getLoopbackAddress());
        }
        announceAll(lease);
        var ben = somebody();

        var orders = new ArrayList<>(plan(ben));
        orders.addAll(announce(ben, pieces(orders).getFirst()));

        assertThat(sources(orders)).containsExactly(Optional.of(lease.peerId()));
        assertThat(pieces(orders)).hasSize(2);
        assertThat(peer(lease).uploads().usedThisMonth(fixture.clock.millis())).isEqualTo(2L * PIECE);
    }

    @Test
    void whatComesOfPlansAndOrdersIsCounted() {
        var ben = somebody();
        plan(ben);
        plan(ben);
        announce(ben, 0, 1, 2, 3);
        plan(ben);
        plan(anna);
        announce(anna, 0);
        assertThatThrownBy(() -> swarms.plan(anna.peerId(), anna.secret(), new ResourceId("/unknown")))
                .isInstanceOf(RequestRejected.class);

        assertThat(fixture.swarmMeters.plans).containsExactly(PlanOutcome.JOINED, PlanOutcome.AGAIN, PlanOutcome.HELD,
                PlanOutcome.JOINED, PlanOutcome.NONE);
        assertThat(fixture.swarmMeters.bytes).containsEntry(PieceSource.ORIGIN, (long) PIECES * PIECE)
                .containsEntry(PieceSource.PEER, (long) PIECE);
    }
}
