package io.fingerpost.agent.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.fingerpost.agent.identity.Identity;
import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.FakeBroker;
import io.fingerpost.agent.testing.FakeRegistry;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.TicketKey.Verdict;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.Problem;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.api.WireJson;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.config.DataDirectory;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(40)
class MembershipIT {
    private static final PeerEndpoint ENDPOINT = PeerEndpoint.parse("http://127.0.0.1:7400");
    private static final UploadBudget BUDGET = new UploadBudget(7_000_000, 5, 1L << 40);
    private static final Content MAP = Content.of(1_000, 1);
    private static final Content SOUND = Content.of(1_000, 2);
    private static final Content FILM = Content.of(1_000, 3);
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @RegisterExtension
    private final FakeBroker broker = new FakeBroker(Duration.ofMillis(100));
    private final FakeRegistry registry = broker.registry();
    private final AtomicInteger registered = new AtomicInteger();
    private final AtomicReference<UploadReport> report = new AtomicReference<>(UploadReport.IDLE);
    private final AtomicReference<Offer> offer = new AtomicReference<>(new Offer(List.of(ENDPOINT), BUDGET));
    @TempDir
    private Path directory;
    private DataDirectory data;
    private Identity identity;
    private BlobStore store;
    private Membership membership;

    @BeforeEach
    void prepare() throws IOException {
        data = DataDirectory.open(directory);
        identity = Identity.load(data);
        store = BlobStore.open(directory.resolve("store"), 2_500, InstantSource.system());
        membership = membership(Optional.empty());
    }

    private Membership membership(Optional<String> token) {
        return new Membership(new RegistryClient(broker.url()), identity.key(), offer::get, token,
                store, report::get, LeaseListener.NONE, registered::incrementAndGet);
    }

    @AfterEach
    void close() {
        membership.close();
        data.close();
    }

    private void put(Content content) throws IOException {
        try (var incoming = store.begin(content.size())) {
            incoming.write(ByteBuffer.wrap(content.bytes()), 0);
            incoming.commit(content.representation());
        }
    }

    /** Puts a blob where a store finds it when it opens; a thousand commits would take long. */
    private static void lay(Content content, Path store) throws IOException {
        String hex = content.digest().hex();
        Path folder = Files.createDirectories(store.resolve("blobs").resolve(hex.substring(0, 2)));
        Files.write(folder.resolve(hex), content.bytes());
        Files.write(folder.resolve(hex + ".json"), WireJson.lenient().writeValueAsBytes(content.representation()));
    }

    private void awaitHoldings(Content... contents) {
        var digests = Stream.of(contents).map(Content::digest).toArray(Sha256[]::new);
        await().untilAsserted(() -> assertThat(registry.holdings()).containsExactlyInAnyOrder(digests));
    }

    @Test
    void registersItsKeyUnderItsEndpoint() {
        assertThat(membership.trouble()).contains("not registered yet");

        membership.start();

        await().until(() -> registered.get() == 1);
        assertThat(registry.registrations()).containsExactly(membership.registration());
        assertThat(membership.registration().key()).isEqualTo(identity.key());
        assertThat(membership.registration().endpoints()).containsExactly(ENDPOINT);
        assertThat(membership.registration().budget()).isEqualTo(BUDGET);
        assertThat(registry.tokens()).isEmpty();
        assertThat(membership.trouble()).isEmpty();
    }

    @Test
    void showsTheOperatorsToken() {
        membership = membership(Optional.of("s3cret"));
        membership.start();

        await().until(() -> registered.get() == 1);
        assertThat(registry.tokens()).containsExactly("Bearer s3cret");
    }

    @Test
    void tellsWhatTheStoreHoldsAlready() throws IOException {
        put(MAP);
        put(SOUND);

        membership.start();

        awaitHoldings(MAP, SOUND);
    }

    @Test
    void tellsOfMoreThanFitsIntoOneUpdate() throws IOException {
        Path large = directory.resolve("large-store");
        for (int i = 0; i <= HoldingsUpdate.MAX_ENTRIES; i++) {
            lay(Content.of(ByteBuffer.allocate(Integer.BYTES).putInt(i).array(), "\"small\""), large);
        }
        store = BlobStore.open(large, 1 << 20, InstantSource.system());
        membership = membership(Optional.empty());

        membership.start();

        await().until(() -> registry.holdings().size() == HoldingsUpdate.MAX_ENTRIES + 1);
        assertThat(registry.updates()).hasSizeGreaterThan(1)
                .allMatch(update -> update.hold().size() <= HoldingsUpdate.MAX_ENTRIES);
    }

    @Test
    void tellsOfANewBlobAndWithdrawsAnEvictedOneWithoutWaitingForAHeartbeat() throws IOException {
        var slowHeart = new FakeBroker(Duration.ofMinutes(5));
        try (var member = new Membership(new RegistryClient(slowHeart.url()),
                identity.key(), offer::get, Optional.empty(), store, report::get,
                LeaseListener.NONE, registered::incrementAndGet)) {
            member.start();
            await().until(() -> registered.get() == 1);

            put(MAP);
            await().until(() -> slowHeart.registry().holdings().contains(MAP.digest()));
            put(SOUND);
            put(FILM);

            await().untilAsserted(() -> assertThat(slowHeart.registry().holdings())
                    .containsExactlyInAnyOrder(SOUND.digest(), FILM.digest()));
            assertThat(slowHeart.registry().heartbeats()).isZero();
        } finally {
            slowHeart.stop();
        }
    }

    @Test
    void tellsOfEachPieceWithoutWaitingForTheOthers() throws IOException {
        var film = Content.of(3 * Content.PIECE, 4);
        store = BlobStore.open(directory.resolve("store-of-pieces"), film.size(), InstantSource.system());
        membership = membership(Optional.empty());
        membership.start();
        await().until(() -> registered.get() == 1);

        try (var partial = store.partial(film.representation())) {
            partial.write(ByteBuffer.wrap(film.bytes()), 0);
            for (int piece = 0; piece < 3; piece++) {
                partial.verify(piece);
                var held = new HoldingsUpdate.Held(film.digest(), partial.verified());
                await().until(() -> registry.updates().stream().anyMatch(update -> update.hold().contains(held)));
            }
        }
    }

    @Test
    void keepsItsLeaseByHeartbeats() {
        membership.start();

        await().until(() -> registry.heartbeats() >= 3);
        assertThat(registry.registrations()).hasSize(1);
    }

    @Test
    void tellsWithEachHeartbeatWhatItSends() {
        var busy = new UploadReport(2, 3_000, 40_000);
        membership.start();
        await().until(() -> registry.reports().contains(UploadReport.IDLE));

        report.set(busy);

        await().until(() -> registry.reports().contains(busy));
    }

    @Test
    void registersAndTellsEverythingAgainWhenTheLeaseIsLost() throws IOException {
        put(MAP);
        membership.start();
        awaitHoldings(MAP);

        registry.forgetLease();

        await().until(() -> registered.get() == 2);
        awaitHoldings(MAP);
        put(SOUND);
        awaitHoldings(MAP, SOUND);
    }

    @Test
    void goesOnWhenTheBrokerWasDownForAWhile() throws IOException {
        membership.start();
        await().until(() -> registered.get() == 1);
        registry.goDown();
        put(MAP);
        await().during(Duration.ofMillis(300)).until(() -> registry.holdings().isEmpty());

        registry.acceptEverything();

        awaitHoldings(MAP);
        assertThat(membership.trouble()).isEmpty();
        assertThat(registry.registrations()).as("the lease was still good").hasSize(1);
    }

    @Test
    void registersAsSoonAsABrokerIsThere() {
        registry.goDown();
        membership.start();
        await().untilAsserted(() -> assertThat(membership.trouble().orElseThrow())
                .startsWith("the broker does not answer: "));
        assertThat(membership.check(goodTicket(), MAP.digest())).as("without a lease").isEqualTo(Verdict.FORGED);

        registry.acceptEverything();

        await().until(() -> membership.trouble().isEmpty());
    }

    @Test
    void saysWhyItWasRefusedAndTriesAgain() {
        registry.refuseRegistrations(Problem.of(403, "endpoint-unproven", "nobody answered at http://127.0.0.1:7400"));
        membership.start();
        await().untilAsserted(() -> assertThat(membership.trouble().orElseThrow())
                .isEqualTo("403 endpoint unproven: nobody answered at http://127.0.0.1:7400"));
        await().until(() -> registry.registrations().size() >= 2);
        assertThat(registered).hasValue(0);

        registry.acceptEverything();

        await().until(() -> membership.trouble().isEmpty());
    }

    @Test
    void survivesADiscoveryDocumentThatLeadsNowhere() {
        registry.discoverAt("http://[broken");
        membership.start();
        await().untilAsserted(() -> assertThat(membership.trouble().orElseThrow()).isNotEqualTo("not registered yet"));

        registry.discoverAt("/.well-known/fingerpost/v1");

        await().until(() -> membership.trouble().isEmpty());
    }

    @Test
    void tellsEverythingAgainWhenTheRegistryLostSomething() throws IOException {
        put(MAP);
        put(SOUND);
        membership.start();
        awaitHoldings(MAP, SOUND);

        registry.lose(MAP.digest());

        awaitHoldings(MAP, SOUND);
    }

    @Test
    void tellsEverythingAnewWhenTheRegistryKnowsTooMuch() throws IOException {
        put(MAP);
        membership.start();
        awaitHoldings(MAP);

        registry.makeUp(FILM.digest());

        awaitHoldings(MAP);
        assertThat(registry.updates().getLast().anew()).isTrue();
    }

    @Test
    void saysNothingTwiceWhenAllIsWell() throws IOException {
        put(MAP);
        membership.start();
        awaitHoldings(MAP);
        int heartbeats = registry.heartbeats();

        await().until(() -> registry.heartbeats() > heartbeats + 3);

        assertThat(registry.updates()).hasSize(1);
    }

    @Test
    void tellsAgainWhatTheRegistryCouldNotTakeAtTheMoment() throws IOException {
        put(MAP);
        membership.start();
        awaitHoldings(MAP);
        registry.refuseHoldings(Problem.of(503, "store-unavailable", "Redis is away"));
        put(SOUND);
        put(FILM);
        await().until(
                () -> registry.refusedUpdates().stream().anyMatch(update -> update.drop().contains(MAP.digest())));

        registry.acceptEverything();

        awaitHoldings(SOUND, FILM);
    }

    @Test
    void saysGoodbye() {
        membership.start();
        await().until(() -> registered.get() == 1);

        membership.close();

        assertThat(registry.hasLease()).isFalse();
        int heartbeats = registry.heartbeats();
        await().during(Duration.ofMillis(300)).until(() -> true);
        assertThat(registry.heartbeats()).isEqualTo(heartbeats);
        assertThat(registry.registrations()).hasSize(1);
    }

    @Test
    void closesQuicklyWhenTheBrokerIsGone() {
        membership.start();
        await().until(() -> registered.get() == 1);
        broker.stop();

        assertTimeoutPreemptively(Duration.ofSeconds(5), membership::close);
    }

    @Test
    void checksTicketsOfItsLeaseOnly() {
        membership.start();
        await().until(() -> registered.get() == 1);
        var key = FakeRegistry.ticketKey(identity.peerId());
        var soon = Instant.now().plusSeconds(60);

        assertThat(membership.check(key.issue(MAP.digest(), soon), MAP.digest())).isEqualTo(Verdict.VALID);
        assertThat(membership.check(key.issue(MAP.digest(), soon), SOUND.digest())).isEqualTo(Verdict.FORGED);
        assertThat(membership.check(key.issue(MAP.digest(), Instant.now().minusSeconds(1)), MAP.digest()))
                .isEqualTo(Verdict.EXPIRED);
        var otherPeers = TicketKey.derive(new byte[32], identity.peerId());
        assertThat(membership.check(otherPeers.issue(MAP.digest(), soon), MAP.digest())).isEqualTo(Verdict.FORGED);
    }

    @Test
    void registersAgainWhenItsAddressChanges() {
        membership.start();
        await().until(() -> registered.get() == 1);
        var moved = PeerEndpoint.parse("http://192.0.2.9:7400");

        offer.set(new Offer(List.of(moved), BUDGET));

        await().until(() -> registered.get() == 2);
        assertThat(registry.registrations().getLast().endpoints()).containsExactly(moved);
        assertThat(registry.registrations()).hasSize(2);
        assertThat(membership.registration().endpoints()).containsExactly(moved);
    }

    @Test
    void registersAgainWhenItsBudgetChanges() {
        membership.start();
        await().until(() -> registered.get() == 1);
        var paused = new UploadBudget(BUDGET.bitsPerSecond(), 0, 0);

        offer.set(new Offer(List.of(ENDPOINT), paused));
        await().until(() -> registered.get() == 2);
        offer.set(new Offer(List.of(ENDPOINT), BUDGET));
        await().until(() -> registered.get() == 3);

        assertThat(registry.registrations()).extracting(Registration::budget).containsExactly(BUDGET, paused, BUDGET);
    }

    /** A name server that knows half of the broker's addresses for a moment. */
    @Test
    void anAddressThatIsGoneForAMomentIsNoMove() throws IOException {
        var other = List.of(PeerEndpoint.parse("http://192.0.2.99:80"));
        var asked = new AtomicInteger();
        try (var member = new Membership(new RegistryClient(broker.url()), identity.key(),
                () -> new Offer(asked.incrementAndGet() == 5 ? other : List.of(ENDPOINT), BUDGET), Optional.empty(),
                store,
                report::get, LeaseListener.NONE, registered::incrementAndGet)) {
            member.start();

            await().until(() -> asked.get() >= 10);

            assertThat(registry.registrations()).hasSize(1);
        }
    }

    @Test
    void checksTicketsByTheRegistrysClock() {
        registry.clockAhead(Duration.ofHours(3));
        membership.start();
        await().until(() -> registered.get() == 1);
        var key = FakeRegistry.ticketKey(identity.peerId());

        var expiredThere = key.issue(MAP.digest(), Instant.now().plus(Duration.ofHours(2)));
        var goodThere = key.issue(MAP.digest(), Instant.now().plus(Duration.ofHours(3)).plusSeconds(60));

        assertThat(membership.check(expiredThere, MAP.digest())).isEqualTo(Verdict.EXPIRED);
        assertThat(membership.check(goodThere, MAP.digest())).isEqualTo(Verdict.VALID);
    }

    @Test
    void hearsWithEachHeartbeatWhatTimeItIsThere() {
        membership.start();
        await().until(() -> registered.get() == 1);
        var ticket = FakeRegistry.ticketKey(identity.peerId()).issue(MAP.digest(),
                Instant.now().plus(Duration.ofHours(2)));
        assertThat(membership.check(ticket, MAP.digest())).isEqualTo(Verdict.VALID);

        registry.clockAhead(Duration.ofHours(3));

        await().until(() -> membership.check(ticket, MAP.digest()) == Verdict.EXPIRED);
    }

    @Test
    void servesNobodyAfterGoodbye() {
        membership.start();
        await().until(() -> registered.get() == 1);
        assertThat(membership.check(goodTicket(), MAP.digest())).isEqualTo(Verdict.VALID);

        membership.close();

        assertThat(membership.check(goodTicket(), MAP.digest())).isEqualTo(Verdict.FORGED);
    }

    private String goodTicket() {
        return FakeRegistry.ticketKey(identity.peerId()).issue(MAP.digest(), Instant.now().plusSeconds(60));
    }
}
