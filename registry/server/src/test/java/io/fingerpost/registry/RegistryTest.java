package io.fingerpost.registry;

import static io.fingerpost.registry.RegistryFixture.MAX_HOLDINGS;
import static io.fingerpost.registry.RegistryFixture.MAX_PEERS;
import static io.fingerpost.registry.RegistryFixture.MAX_RATE;
import static io.fingerpost.registry.RegistryFixture.NOW;
import static io.fingerpost.registry.RegistryFixture.SUPER_NODE_TOKEN;
import static io.fingerpost.registry.RegistryFixture.TERMS;
import static io.fingerpost.registry.RegistryFixture.digest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fingerpost.contract.HoldingsChecksum;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.TicketKey.Verdict;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.Heartbeat;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.LeaseRenewal;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.registry.admission.ProvingServer;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.testing.TestPeer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryTest {
    private static final Sha256 MAP = digest(1);

    private final RegistryFixture fixture = new RegistryFixture();
    private final Registry registry = fixture.registry;
    private final TestPeer anna = new TestPeer();

    private static HoldingsUpdate hold(int... numbers) {
        return new HoldingsUpdate(
                IntStream.of(numbers).mapToObj(number -> Held.complete(digest(number), 10)).toList(), List.of());
    }

    private static HoldingsUpdate drop(int... numbers) {
        return new HoldingsUpdate(List.of(), IntStream.of(numbers).mapToObj(RegistryFixture::digest).toList());
    }

    private void assertHolds(LeaseGrant lease, int... numbers) {
        for (int i = 0; i < 20; i++) {
            int number = i;
            boolean expected = Arrays.stream(numbers).anyMatch(each -> each == number);
            assertThat(fixture.store.holds(lease.peerId(), digest(i))).as("holding %d", i).isEqualTo(expected);
        }
    }

    /** A heartbeat of one who has announced all of these. */
    private static Heartbeat knowing(int... numbers) {
        long checksum = IntStream.of(numbers).mapToLong(number -> HoldingsChecksum.ofComplete(digest(number)))
                .reduce(0, (one, other) -> one ^ other);
        return new Heartbeat(UploadReport.IDLE, Optional.of(checksum));
    }

    private static void assertRejected(int status, String kind, ThrowingCallable call) {
        assertThatExceptionOfType(RequestRejected.class).isThrownBy(call).satisfies(rejected -> {
            assertThat(rejected.problem().is(kind)).as(rejected.getMessage()).isTrue();
            assertThat(rejected.problem().status()).isEqualTo(status);
        });
    }

    @Test
    void grantsALeaseToWhoProvesItsEndpoint() {
        LeaseGrant lease = fixture.register(anna);

        assertThat(lease.peerId()).isEqualTo(anna.id());
        assertThat(lease.superNode()).isFalse();
        assertThat(lease.terms()).isEqualTo(TERMS);
        assertThat(lease.now()).isEqualTo(NOW);
        assertThat(fixture.store.find(anna.id())).get()
                .satisfies(peer -> assertThat(peer.leaseUntil()).isEqualTo(NOW.plus(TERMS.ttl())));
    }

    @Test
    void givesThePeerTheKeyForTheTicketsThatBrokersIssue() {
        LeaseGrant lease = fixture.register(anna);
        var brokersKey = fixture.store.find(anna.id()).orElseThrow().ticketKey();

        String ticket = brokersKey.issue(MAP, NOW.plusSeconds(60));

        assertThat(lease.ticketKey().check(ticket, MAP, NOW)).isEqualTo(Verdict.VALID);
    }

    @Test
    void doesNotKeepTheSecret() {
        LeaseGrant lease = fixture.register(anna);

        assertThat(lease.secret()).hasSizeGreaterThanOrEqualTo(43);
        assertThat(fixture.store.find(anna.id()).orElseThrow().toString()).doesNotContain(lease.secret());
    }

    @Test
    void admitsNobodyWhoseEndpointAnotherAnswers() {
        try (var server = ProvingServer.of(new TestPeer())) {
            assertRejected(422, "endpoint-not-proved",
                    () -> registry.register(anna.registration(server.endpoint()), Optional.empty(),
                            InetAddress.getLoopbackAddress()));
        }

        assertThat(registry.peerCount()).isZero();
    }

    @Test
    void vouchesForWhoShowsTheOperatorsToken() {
        assertThat(fixture.register(anna, Optional.of(SUPER_NODE_TOKEN)).superNode()).isTrue();
        assertThat(fixture.store.find(anna.id()).orElseThrow().superNode()).isTrue();
    }

    @Test
    void believesNobodyToHaveALargerUplinkThanItIsToldButThoseItVouchesFor() {
        var bruno = new TestPeer();
        fixture.register(anna);
        fixture.register(bruno, Optional.of(SUPER_NODE_TOKEN));

        assertThat(fixture.store.find(anna.id()).orElseThrow().uploads().budget())
                .isEqualTo(new UploadBudget(MAX_RATE.bitsPerSecond(), TestPeer.BUDGET.slots(), 0));
        assertThat(fixture.store.find(bruno.id()).orElseThrow().uploads().budget()).isEqualTo(TestPeer.BUDGET);
        assertThat(registry.meanTime(1_000_000)).isEqualTo(8e6 / ((10_000e6 + 100e6) / 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "operators-t0ke", "operators-t0ken ", "OPERATORS-T0KEN"})
    void refusesAWrongTokenInsteadOfIgnoringIt(String token) {
        assertRejected(401, "token-unknown", () -> fixture.register(anna, Optional.of(token)));
        assertThat(registry.peerCount()).isZero();
    }

    @Test
    void admitsOnlyAsManyPeersAsItIsToldTo() {
        var peers = IntStream.range(0, MAX_PEERS).mapToObj(_ -> new TestPeer()).toList();
        peers.forEach(fixture::register);
        try (var server = ProvingServer.of(anna)) {
            assertRejected(429, "registry-full",
                    () -> registry.register(anna.registration(server.endpoint()), Optional.empty(),
                            InetAddress.getLoopbackAddress()));
            assertThat(server.calls()).as("a full registry dials nobody").isZero();
        }

        fixture.register(peers.getFirst()); // one that is known may come again
        assertThat(registry.peerCount()).isEqualTo(MAX_PEERS);
    }

    @Test
    void startsAnewWithAPeerThatRegistersAgain() {
        LeaseGrant before = fixture.register(anna);
        registry.update(anna.id(), before.secret(), hold(1));

        LeaseGrant after = fixture.register(anna);

        assertHolds(after);
        assertRejected(401, "secret-wrong", () -> registry.heartbeat(anna.id(), before.secret(), knowing()));
        assertThat(registry.heartbeat(anna.id(), after.secret(), knowing()).inSync()).isTrue();
    }

    /** It may be a good client all the same, and behind a door that opens later. */
    @Test
    void givesALeaseToAPeerThatItCannotReachAndTellsItWhy() {
        PeerEndpoint gone;
        try (var server = ProvingServer.of(anna)) {
            gone = server.endpoint();
        }

        LeaseGrant lease = registry.register(anna.registration(gone), Optional.empty(),
                InetAddress.getLoopbackAddress());

        assertThat(lease.reachability().reachable()).isFalse();
        assertThat(lease.reachability().tried()).startsWith("tried " + gone);
        assertThat(lease.reachability().advice()).contains("open that port");
        assertThat(fixture.store.find(anna.id()).orElseThrow().state()).isEqualTo(Peer.State.UNPROVED);
        registry.update(anna.id(), lease.secret(), hold(1));
        assertThat(registry.heartbeat(anna.id(), lease.secret(), knowing(1)).reachability())
                .isEqualTo(lease.reachability());
    }

    /** An agent that starts again, or whose broker does, has no new month. */
    @Test
    void takesOverWhatAPeerHasSentThisMonth() {
        var used = new UploadReport(0, 0, 900);
        try (var server = ProvingServer.of(anna)) {
            var plain = anna.registration(server.endpoint(), new UploadBudget(1_000_000, 4, 1_000));
            registry.register(new Registration(plain.key(), plain.endpoints(), plain.challenge(), plain.budget(), used),
                    Optional.empty(), InetAddress.getLoopbackAddress());
        }

        var uploads = fixture.store.find(anna.id()).orElseThrow().uploads();
        assertThat(uploads.hasRoom(100, NOW.toEpochMilli())).isTrue();
        assertThat(uploads.hasRoom(101, NOW.toEpochMilli())).isFalse();
    }

    @Test
    void aPeerKeepsItsTicketKey() {
        assertThat(fixture.register(anna).ticketKey().text()).isEqualTo(fixture.register(anna).ticketKey().text());
    }

    /** It may be somebody who only knows the peer's key, and would make up tickets for the peer later. */
    @Test
    void whoProvesNothingGetsATicketKeyThatOpensNothingLater() {
        PeerEndpoint gone;
        try (var server = ProvingServer.of(anna)) {
            gone = server.endpoint();
        }
        LeaseGrant unproved = registry.register(anna.registration(gone), Optional.empty(),
                InetAddress.getLoopbackAddress());
        Sha256 digest = Sha256.digestOf(new byte[] {1});
        String ticket = unproved.ticketKey().issue(digest, NOW.plusSeconds(60));

        TicketKey proved = fixture.register(anna).ticketKey();

        assertThat(unproved.ticketKey().check(ticket, digest, NOW)).isEqualTo(Verdict.VALID);
        assertThat(proved.check(ticket, digest, NOW)).isEqualTo(Verdict.FORGED);
    }

    /** Whoever knows a peer's key may name an endpoint where nobody answers, and then proves nothing. */
    @Test
    void keepsALeaseWhenAnotherRegistrationForItCannotBeProved() {
        LeaseGrant lease = fixture.register(anna);
        registry.update(anna.id(), lease.secret(), hold(1));
        PeerEndpoint gone;
        try (var server = ProvingServer.of(anna)) {
            gone = server.endpoint();
        }

        assertRejected(429, "lease-held", () -> registry.register(anna.registration(gone), Optional.empty(),
                InetAddress.getLoopbackAddress()));

        assertThat(registry.heartbeat(anna.id(), lease.secret(), knowing(1)).inSync()).isTrue();
        fixture.clock.advance(lease.terms().ttl());
        assertThat(registry.register(anna.registration(gone), Optional.empty(), InetAddress.getLoopbackAddress())
                .reachability().reachable()).as("once it has run out").isFalse();
    }

    /** A failed attempt, by whomever, must not cost a live peer its lease. */
    @Test
    void keepsALeaseWhenAnotherRegistrationForItFails() {
        LeaseGrant lease = fixture.register(anna);
        registry.update(anna.id(), lease.secret(), hold(1));
        try (var server = ProvingServer.of(new TestPeer())) {
            assertRejected(422, "endpoint-not-proved",
                    () -> registry.register(anna.registration(server.endpoint()), Optional.empty(),
                            InetAddress.getLoopbackAddress()));
        }

        assertHolds(lease, 1);
        assertThat(registry.heartbeat(anna.id(), lease.secret(), knowing(1)).inSync()).isTrue();
    }

    @Test
    void extendsALeaseByTheTtlFromNow() {
        LeaseGrant lease = fixture.register(anna);
        registry.update(anna.id(), lease.secret(), hold(1, 2));
        fixture.clock.advance(Duration.ofMillis(29_999));

        LeaseRenewal renewal = registry.heartbeat(anna.id(), lease.secret(), knowing(1, 2));

        assertThat(renewal).isEqualTo(new LeaseRenewal(TERMS, NOW.plusMillis(29_999), Reachability.YES, true));
        fixture.clock.advance(Duration.ofMillis(29_999));
        assertThat(registry.holders(MAP).live(fixture.clock.instant())).hasSize(1);
    }

    @Test
    void noticesThatItKnowsOtherHoldingsThanThePeer() {
        LeaseGrant lease = fixture.register(anna);
        registry.update(anna.id(), lease.secret(), hold(1, 2));

        assertThat(registry.heartbeat(anna.id(), lease.secret(), knowing(1, 3)).inSync()).isFalse();
        assertThat(registry.heartbeat(anna.id(), lease.secret(), new Heartbeat(UploadReport.IDLE, Optional.empty()))
                .inSync()).as("a peer that does not want to know").isTrue();

        registry.update(anna.id(), lease.secret(), new HoldingsUpdate(true, hold(1, 3).hold(), List.of()));

        assertHolds(lease, 1, 3);
        assertThat(registry.heartbeat(anna.id(), lease.secret(), knowing(1, 3)).inSync()).isTrue();
    }

    @Test
    void countsALeaseThatEndsNowAsEnded() {
        LeaseGrant lease = fixture.register(anna);
        registry.update(anna.id(), lease.secret(), hold(1));

        fixture.clock.advance(TERMS.ttl());

        assertThat(registry.holders(MAP).live(fixture.clock.instant())).isEmpty();
        assertRejected(404, "lease-unknown", () -> registry.heartbeat(anna.id(), lease.secret(), knowing()));
        assertRejected(404, "lease-unknown", () -> registry.update(anna.id(), lease.secret(), hold(2)));
        assertRejected(404, "lease-unknown", () -> registry.goodbye(anna.id(), lease.secret()));
    }

    @Test
    void doesNothingWithoutTheSecretOfTheLease() {
        LeaseGrant lease = fixture.register(anna);
        LeaseGrant other = fixture.register(new TestPeer());
        registry.update(anna.id(), lease.secret(), hold(1));

        for (String secret : List.of("", other.secret(), lease.secret() + "x",
                lease.secret().toUpperCase(Locale.ROOT))) {
            assertRejected(401, "secret-wrong", () -> registry.heartbeat(anna.id(), secret, knowing()));
            assertRejected(401, "secret-wrong", () -> registry.update(anna.id(), secret, drop(1)));
            assertRejected(401, "secret-wrong", () -> registry.goodbye(anna.id(), secret));
        }

        assertHolds(lease, 1);
    }

    @Test
    void takesInWhatAPeerHoldsAndWhatNoLonger() {
        LeaseGrant lease = fixture.register(anna);
        registry.update(anna.id(), lease.secret(), hold(1, 2));

        registry.update(anna.id(), lease.secret(),
                new HoldingsUpdate(List.of(Held.complete(digest(3), 10)), List.of(digest(1), digest(9))));

        assertHolds(lease, 2, 3);
        assertThat(registry.holdingCount()).isEqualTo(2);
        assertThat(registry.holders(digest(3)).live(fixture.clock.instant())).singleElement()
                .satisfies(holder -> assertThat(holder.holds(0, 0)).isTrue());
    }

    @Test
    void holdsWhatOneUpdateBothDropsAndHolds() {
        LeaseGrant lease = fixture.register(anna);

        registry.update(anna.id(), lease.secret(), new HoldingsUpdate(hold(1).hold(), List.of(digest(1))));

        assertHolds(lease, 1);
    }

    @Test
    void takesAllOfAnUpdateOrIfItIsTooMuchNothing() {
        LeaseGrant lease = fixture.register(anna);
        registry.update(anna.id(), lease.secret(), hold(1, 2, 3));

        assertRejected(429, "too-many-holdings", () -> registry.update(anna.id(), lease.secret(),
                new HoldingsUpdate(hold(4, 5, 6).hold(), List.of(digest(1)))));

        assertHolds(lease, 1, 2, 3);
    }

    /** A peer at its limit still completes pieces of what it holds, and makes room for other things. */
    @Test
    void replacesHoldingsOfAPeerThatIsAtItsLimit() {
        LeaseGrant lease = fixture.register(anna);
        registry.update(anna.id(), lease.secret(), hold(IntStream.rangeClosed(1, MAX_HOLDINGS).toArray()));

        registry.update(anna.id(), lease.secret(), hold(1, 2));
        registry.update(anna.id(), lease.secret(),
                new HoldingsUpdate(hold(5, 6, 3, 3).hold(), List.of(digest(1), digest(2))));

        assertHolds(lease, 3, 4, 5, 6);
        assertRejected(429, "too-many-holdings", () -> registry.update(anna.id(), lease.secret(),
                new HoldingsUpdate(hold(7).hold(), List.of(digest(9)))));
    }

    @Test
    void endsALeaseAtItsOwnersWish() {
        LeaseGrant lease = fixture.register(anna);
        registry.update(anna.id(), lease.secret(), hold(1));

        registry.goodbye(anna.id(), lease.secret());

        assertThat(registry.holders(MAP).live(fixture.clock.instant())).isEmpty();
        assertThat(registry.peerCount()).isZero();
        assertRejected(404, "lease-unknown", () -> registry.heartbeat(anna.id(), lease.secret(), knowing()));
    }

    @Test
    void sweepsOutLeasesThatHaveEnded() {
        LeaseGrant lease = fixture.register(anna);
        registry.update(anna.id(), lease.secret(), hold(1));
        fixture.clock.advance(Duration.ofSeconds(20));
        fixture.register(new TestPeer());
        fixture.clock.advance(Duration.ofSeconds(10));

        assertThat(registry.sweep()).isEqualTo(TERMS.heartbeat());

        assertThat(registry.peerCount()).isOne();
        assertThat(registry.holdingCount()).isZero();
    }

    @Test
    void tellsOnlyRepresentationsThatItKnows() {
        assertRejected(404, "representation-unknown", () -> registry.representation(MAP, Optional.empty()));
    }
}
