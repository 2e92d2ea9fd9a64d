package io.fingerpost.registry.health;

import static io.fingerpost.registry.health.HealthFixture.GONE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.store.Peer.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final HealthFixture fixture = new HealthFixture();

    private void pass(Duration time) {
        fixture.pass(time);
    }

    /** Lets so much time pass that whoever fails is noticed. */
    private void passRounds() {
        pass(MINUTE.multipliedBy(3));
    }

    @Test
    void aWellPeerIsAskedForItsProofAboutOnceAMinute() {
        var peer = fixture.admitted();

        pass(MINUTE.multipliedBy(20));

        assertThat(fixture.proved).contains(peer.id()).hasSizeBetween(16, 25);
        assertThat(peer.state()).isEqualTo(State.GOOD);
    }

    @Test
    void aPeerThatDoesNotAnswerGoesDownAndItsAgentIsToldWhy() {
        var peer = fixture.admitted();
        fixture.proofs.put(peer.id(), GONE);

        passRounds();

        assertThat(peer.state()).isEqualTo(State.DOWN);
        assertThat(peer.reachability().tried()).isEqualTo("tried it: refused");
        assertThat(peer.reachability().advice()).isEqualTo("open the port");
        assertThat(fixture.kept).as("nothing is held against it").isEmpty();
    }

    @Test
    void aPeerThatAnswersAgainComesBack() {
        var peer = fixture.admitted();
        fixture.proofs.put(peer.id(), GONE);
        passRounds();

        fixture.proofs.clear();
        passRounds();

        assertThat(peer.state()).isEqualTo(State.GOOD);
        assertThat(peer.reachability().reachable()).isTrue();
    }

    /** With what still answers, which only a new registration finds out. */
    @Test
    void aPeerOfWhichOneRouteIsDeadRegistersAnew() {
        var peer = fixture.admitted(HealthFixture.peerOfRoutes(2));
        fixture.proofs.put(peer.id(), new Outcome.Unreachable("tried one of them: refused", "open the port", true));
        while (fixture.proved.isEmpty()) {
            pass(Duration.ofSeconds(1));
        }
        assertThat(fixture.store.find(peer.id())).as("after one miss").isPresent();

        passRounds();

        assertThat(fixture.store.find(peer.id())).isEmpty();
    }

    @Test
    void aPeerOfWhichAllRoutesAreDeadIsDownAndComesBack() {
        var peer = fixture.admitted(HealthFixture.peerOfRoutes(2));
        fixture.proofs.put(peer.id(), GONE);
        passRounds();
        assertThat(peer.state()).isEqualTo(State.DOWN);

        fixture.proofs.clear();
        passRounds();

        assertThat(peer.state()).isEqualTo(State.GOOD);
    }

    @Test
    void anEndpointThatHasComeUpIsTakenByANewRegistration() {
        var peer = fixture.admitted();
        fixture.proofs.put(peer.id(), new Outcome.Proved(true));

        passRounds();

        assertThat(fixture.store.find(peer.id())).isEmpty();
    }

    @Test
    void oneMissChangesNothingButIsLookedIntoSoon() {
        var peer = fixture.admitted();
        fixture.proofs.put(peer.id(), GONE);
        while (fixture.proved.isEmpty()) {
            pass(Duration.ofSeconds(1));
        }
        assertThat(peer.state()).isEqualTo(State.GOOD);

        pass(Duration.ofSeconds(13));

        assertThat(fixture.proved).hasSize(2);
        assertThat(peer.state()).isEqualTo(State.DOWN);
    }

    @Test
    void anEndpointThatIsSomebodyElsesLosesItsLease() {
        var peer = fixture.admitted();
        fixture.proofs.put(peer.id(), new Outcome.Disowned("somebody else answers"));

        passRounds();

        assertThat(fixture.store.find(peer.id())).isEmpty();
    }

    @Test
    void aPeerThatCouldNotBeReachedRegistersAnewWhenItCan() {
        var peer = fixture.admitted(HealthFixture.peer(7001, 7001, List.of()));
        fixture.proofs.put(peer.id(), GONE);
        pass(MINUTE.multipliedBy(15));
        assertThat(fixture.store.find(peer.id())).isPresent();
        assertThat(peer.state()).isEqualTo(State.UNPROVED);
        assertThat(fixture.proved).as("now and then").hasSizeBetween(2, 5);

        fixture.proofs.clear();
        pass(MINUTE.multipliedBy(7));

        assertThat(fixture.store.find(peer.id())).isEmpty();
    }

    @Test
    void aPieceIsFetchedOfWhatAPeerHoldsWithinItsFirstRound() {
        var peer = fixture.admitted();
        fixture.hold(peer, fixture.known(1));

        pass(MINUTE.multipliedBy(2));
        assertThat(fixture.fetched).hasSize(1);
        pass(MINUTE.multipliedBy(118));

        assertThat(fixture.fetched).as("about every half an hour").hasSizeBetween(3, 6);
    }

    @Test
    void wrongBytesAreQuarantineForEveryoneAtTheFirstProbe() {
        var peer = fixture.admitted();
        var held = fixture.known(1);
        fixture.hold(peer, held);
        fixture.fetches.put(peer.id(), new Outcome.Corrupt(held.digest(), 0));

        fixture.suspicions.suspect(peer.mark(), held.digest());
        fixture.health.tick();

        assertThat(fixture.fetched).containsExactly(peer.id());
        assertThat(peer.state()).isEqualTo(State.QUARANTINED);
        assertThat(peer.reachability().tried()).contains("quarantine until 2026-01-01T00:01:00Z");
        assertThat(fixture.quarantines).isOne();
        assertThat(fixture.kept).as("under key and place").hasSize(2);
    }

    @Test
    void quarantineEndsOnlyWhenThePeerSendsTheRightBytesAgain() {
        var peer = fixture.admitted();
        var held = fixture.known(1);
        fixture.hold(peer, held);
        fixture.fetches.put(peer.id(), new Outcome.Corrupt(held.digest(), 0));
        fixture.suspicions.suspect(peer.mark(), held.digest());
        fixture.health.tick();

        pass(Duration.ofSeconds(62));
        assertThat(fixture.quarantines).as("tried when its time was over").isEqualTo(2);
        fixture.fetches.clear();
        pass(Duration.ofSeconds(117));
        assertThat(peer.state()).isEqualTo(State.QUARANTINED);
        pass(Duration.ofSeconds(5));

        assertThat(peer.state()).isEqualTo(State.GOOD);
    }

    @Test
    void aNewLeaseIsNoWayOutOfQuarantineNorIsANewKeyAtTheSamePlace() {
        var bad = fixture.admitted(HealthFixture.peer(7002, 7002));
        fixture.standings.keep(bad, Standing.CLEAN.quarantined(HealthFixture.NOW));

        assertThat(fixture.admitted(HealthFixture.peer(7002, 7003)).state()).isEqualTo(State.QUARANTINED);
        assertThat(fixture.admitted(HealthFixture.peer(7004, 7002)).state()).isEqualTo(State.QUARANTINED);
        assertThat(fixture.admitted(HealthFixture.peer(7005, 7005)).state()).isEqualTo(State.GOOD);
    }

    @Test
    void aRestartIsNoWayOutEither() {
        var bad = HealthFixture.peer(7006, 7006);
        fixture.standings.keep(bad, Standing.CLEAN.quarantined(HealthFixture.NOW));
        var restored = new Standings(StandingLog.NONE, fixture.clock);
        restored.restore(fixture.kept);

        var newKey = HealthFixture.peer(7007, 7006);
        restored.receive(newKey);

        assertThat(newKey.state()).isEqualTo(State.QUARANTINED);
    }

    /** A store that was read again holds peers that nobody has looked at. */
    @Test
    void aRestoredPeerIsPutWhereItBelongsByTheFirstTick() {
        var bad = HealthFixture.peer(7008, 7008);
        fixture.standings.keep(bad, Standing.CLEAN.quarantined(HealthFixture.NOW));
        fixture.store.admit(bad);

        fixture.health.tick();

        assertThat(bad.state()).isEqualTo(State.QUARANTINED);
    }

    @Test
    void whatIsForgivenIsTakenOutOfTheLog() {
        var peer = fixture.admitted();
        fixture.standings.keep(peer, Standing.CLEAN.struck(HealthFixture.NOW));

        pass(Duration.ofHours(3));

        assertThat(fixture.kept.values()).containsOnly(Standing.CLEAN);
    }

    @Test
    void whatAPeerDoesNotHaveIsWithdrawnAndTheThirdTimeIsOneTooMany() {
        var peer = fixture.admitted();
        for (int i = 1; i <= 3; i++) {
            var held = fixture.known(i);
            fixture.hold(peer, held);
            fixture.fetches.put(peer.id(), new Outcome.Missing(held.digest()));

            fixture.suspicions.suspect(peer.mark(), held.digest());
            pass(Duration.ofSeconds(15));

            assertThat(fixture.store.holds(peer.id(), held.digest())).isFalse();
            assertThat(peer.state()).isEqualTo(i < 3 ? State.GOOD : State.QUARANTINED);
        }
    }

    @Test
    void aFullPeerIsTriedAgainAFewTimesAndNothingComesOfIt() {
        var peer = fixture.admitted();
        var held = fixture.known(1);
        fixture.hold(peer, held);
        fixture.fetches.put(peer.id(), new Outcome.Full());
        long now = fixture.clock.millis();
        while (peer.uploads().hasRoom(1, now)) {
            peer.uploads().take(1_000_000_000, now);
        }

        fixture.suspicions.suspect(peer.mark(), held.digest());
        pass(MINUTE.multipliedBy(5));

        assertThat(fixture.fetched).hasSize(5);
        assertThat(peer.state()).isEqualTo(State.GOOD);
        assertThat(fixture.kept).isEmpty();
    }

    /** It serves clients what it likes, and the registry nothing. */
    @Test
    void aPeerThatIsFullOnlyForTheRegistryIsOut() {
        var peer = fixture.admitted();
        fixture.fetches.put(peer.id(), new Outcome.Full());

        for (int i = 1; i <= 3; i++) {
            var held = fixture.known(i);
            fixture.hold(peer, held);
            fixture.suspicions.suspect(peer.mark(), held.digest());
            pass(MINUTE);
            assertThat(peer.state()).isEqualTo(i < 3 ? State.GOOD : State.QUARANTINED);
        }
    }

    /** It is fetched by each route, of which there may be many. */
    @Test
    void theLargestPieceOfAPeerOfManyRoutesIsLookedInto() {
        var peer = fixture.admitted(HealthFixture.peerOfRoutes(Registration.MAX_ENDPOINTS));
        var held = fixture.known(1, PieceLayout.MAX_SIZE);
        fixture.hold(peer, held);

        fixture.suspicions.suspect(peer.mark(), held.digest());
        pass(MINUTE);

        assertThat(fixture.fetched).contains(peer.id());
    }

    @Test
    void aSuspicionAloneChangesNothing() {
        var peer = fixture.admitted();
        var held = fixture.known(1);
        fixture.hold(peer, held);

        for (int i = 0; i < 60; i++) {
            fixture.suspicions.suspect(peer.mark(), held.digest());
            pass(Duration.ofSeconds(1));
        }

        assertThat(peer.state()).isEqualTo(State.GOOD);
        assertThat(fixture.fetched).as("and costs the peer little").hasSizeBetween(1, 8);
    }

    private List<Peer> manyPeers(int count) {
        var peers = new ArrayList<Peer>();
        for (int i = 0; i < count; i++) {
            peers.add(fixture.admitted());
        }
        return peers;
    }

    @Test
    void whenMostPeersFailAtOnceTheyAreNotHeldToAccount() {
        var peers = manyPeers(40);
        passRounds();
        peers.subList(0, 30).forEach(peer -> fixture.proofs.put(peer.id(), GONE));

        passRounds();
        assertThat(fixture.panic.getAsBoolean()).isTrue();
        long down = peers.stream().filter(peer -> peer.state() == State.DOWN).count();
        passRounds();
        assertThat(peers.stream().filter(peer -> peer.state() == State.DOWN).count())
                .as("none more than before it was noticed").isEqualTo(down).isLessThan(25);

        fixture.proofs.clear();
        passRounds();

        assertThat(fixture.panic.getAsBoolean()).isFalse();
        assertThat(peers).allSatisfy(peer -> assertThat(peer.state()).isEqualTo(State.GOOD));
    }

    @Test
    void inAPanicNobodyLosesItsLeaseOrGoesIntoQuarantine() {
        var peers = manyPeers(30);
        peers.forEach(peer -> fixture.proofs.put(peer.id(), GONE));
        passRounds();
        assertThat(fixture.panic.getAsBoolean()).isTrue();

        var stillUp = peers.stream().filter(peer -> peer.state() == State.GOOD).toList();
        stillUp.forEach(peer -> fixture.proofs.put(peer.id(), new Outcome.Disowned("a captive portal")));
        passRounds();

        assertThat(stillUp).isNotEmpty().allSatisfy(
                peer -> assertThat(fixture.store.find(peer.id())).isPresent());
    }

    @Test
    void peersThatAreGoneAreForgotten() {
        var peer = fixture.admitted();
        pass(MINUTE);

        fixture.store.remove(peer.id());
        pass(MINUTE);
        List<PeerId> before = List.copyOf(fixture.proved);
        passRounds();

        assertThat(fixture.proved).isEqualTo(before);
    }
}
