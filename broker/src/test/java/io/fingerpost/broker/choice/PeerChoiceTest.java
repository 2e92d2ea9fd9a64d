package io.fingerpost.broker.choice;

import static io.fingerpost.broker.choice.SmallSwarm.AWAY;
import static io.fingerpost.broker.choice.SmallSwarm.BUDGET;
import static io.fingerpost.broker.choice.SmallSwarm.FILE;
import static io.fingerpost.broker.choice.SmallSwarm.HOME;
import static io.fingerpost.broker.choice.SmallSwarm.NOW;
import static io.fingerpost.broker.choice.SmallSwarm.SIZE;
import static io.fingerpost.broker.choice.SmallSwarm.ipv4;
import static io.fingerpost.broker.choice.SmallSwarm.peer;
import static io.fingerpost.broker.choice.SmallSwarm.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.registry.admission.Reach;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.store.Peer;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerChoiceTest {
    private static final Place SAME_SITE = ipv4(1, 200, 20, 2);
    private static final Place SAME_NETWORK = ipv4(0, 100, 20, 2);
    private static final Place SAME_PROVIDER = ipv4(0, 300, 10, 1);
    private static final Place SAME_COUNTRY = ipv4(0, 400, 40, 1);
    private static final Place IPV6_HOME = new Place(1, 0x2001_0db8_0000_0000L, 10, 1);

    private final SmallSwarm swarm = new SmallSwarm();

    private Wanted by(Place client, boolean anyPeer, boolean tlsOnly, String asker, Past past, int most) {
        return new Wanted(0, 3, SIZE, client, anyPeer, tlsOnly, asker, past, most);
    }

    static Stream<Arguments> nearestFirst() {
        return Stream.of(Arguments.of(SAME_SITE, SAME_PROVIDER), Arguments.of(SAME_NETWORK, SAME_PROVIDER),
                Arguments.of(SAME_PROVIDER, SAME_COUNTRY), Arguments.of(SAME_COUNTRY, AWAY));
    }

    @ParameterizedTest
    @MethodSource("nearestFirst")
    void theNearestComesFirst(Place near, Place far) {
        for (int i = 1; i <= 5; i++) {
            swarm.holding(peer(i, far));
        }
        Peer next = swarm.holding(peer(6, near));

        assertThat(swarm.choose(wanted())).hasSize(4).startsWith(next);
    }

    @ParameterizedTest
    @MethodSource("nearestFirst")
    void theNearestIsFoundAmongMany(Place near, Place far) {
        for (int i = 1; i <= 500; i++) {
            swarm.holding(peer(i, far.equals(SAME_COUNTRY) ? ipv4(0, 1000 + i, 41, 1) : far));
        }
        Peer next = swarm.holding(peer(501, near));

        for (int i = 0; i < 20; i++) {
            assertThat(swarm.choose(wanted())).hasSize(4).startsWith(next);
        }
    }

    /** 100 are near, of which 90 have no slot, and 500 elsewhere. */
    @ParameterizedTest
    @MethodSource("nearestFirst")
    void whereFewOfManyNearbyHaveRoomOneOfTheseIsNearlyAlwaysFound(Place near, Place far) {
        for (int i = 1; i <= 100; i++) {
            swarm.holding(peer(i, near, new UploadBudget(80_000_000, i <= 90 ? 0 : 100, 0), "http", Reach.IPV4,
                    NOW.plusSeconds(3600)));
        }
        for (int i = 101; i <= 600; i++) {
            swarm.holding(peer(i, far));
        }

        assertThat(timesAt(near)).isGreaterThan(950);
    }

    /** Of 1000 choices. */
    private int timesAt(Place near) {
        int times = 0;
        for (int i = 0; i < 1000; i++) {
            times += swarm.choose(wanted()).getFirst().place().equals(near) ? 1 : 0;
        }
        return times;
    }

    @Test
    void thoseOfALargeNetworkAreFoundAmongMany() {
        for (int i = 1; i <= 1000; i++) {
            Peer there = peer(i, SAME_NETWORK);
            swarm.store.admit(there);
            if (i <= 20) {
                swarm.store.hold(there.id(), FILE, PieceSet.all(4));
            }
        }
        for (int i = 1001; i <= 1500; i++) {
            swarm.holding(peer(i, AWAY));
        }

        assertThat(timesAt(SAME_NETWORK)).isEqualTo(1000);
    }

    @Test
    void ofTwoTheOneWithLessToSendComesFirst() {
        Peer one = swarm.holding(peer(1, AWAY));
        Peer other = swarm.holding(peer(2, AWAY));

        swarm.charge(one, 3);
        assertThat(swarm.choose(wanted())).containsExactly(other, one);

        swarm.charge(other, 6);
        assertThat(swarm.choose(wanted())).containsExactly(one, other);
    }

    @Test
    void whileIdleOneFileGoesToTheSameTwoPeersAndWhenTheyAreBusyToMore() {
        for (int i = 1; i <= 10; i++) {
            swarm.holding(peer(i, AWAY));
        }
        Set<Peer> cold = firstOf(10);
        Set<Peer> hot = firstOf(900);

        assertThat(cold).hasSizeLessThanOrEqualTo(2);
        assertThat(hot).hasSize(10).containsAll(cold);
    }

    private Set<Peer> firstOf(int requests) {
        var first = new HashSet<Peer>();
        for (int i = 0; i < requests; i++) {
            Peer peer = swarm.choose(wanted()).getFirst();
            swarm.charge(peer, 1);
            first.add(peer);
        }
        return first;
    }

    @Test
    void ofManyEachIsChosenInProportionToItsUplink() {
        var large = new HashSet<Peer>();
        for (int i = 1; i <= 60; i++) {
            boolean isLarge = i % 2 == 0;
            Peer peer = swarm.holding(peer(i, AWAY, isLarge ? new UploadBudget(240_000_000, 100, 0) : BUDGET, "http",
                    Reach.IPV4, NOW.plusSeconds(3600)));
            if (isLarge) {
                large.add(peer);
            }
        }
        var times = new HashMap<Boolean, Integer>();
        for (int i = 0; i < 3000; i++) {
            Peer peer = swarm.choose(wanted()).getFirst();
            swarm.charge(peer, 1);
            times.merge(large.contains(peer), 1, Integer::sum);
        }

        assertThat(times.get(true)).isBetween(2 * times.get(false), 4 * times.get(false));
    }

    @Test
    void anOverloadedPeerIsNotChosenForBeingNear() {
        Peer near = swarm.holding(peer(1, SAME_SITE));
        Peer far = swarm.holding(peer(2, AWAY));

        swarm.charge(near, 15);
        assertThat(swarm.choose(wanted())).as("1.5 s of work are nothing").startsWith(near);
        swarm.charge(near, 15);

        assertThat(swarm.choose(wanted())).startsWith(far);
    }

    @Test
    void partsOfOneDownloadComeFromDifferentPeers() {
        Peer one = swarm.holding(peer(1, AWAY));
        Peer other = swarm.holding(peer(2, AWAY));
        for (Peer used : Set.of(one, other)) {
            var past = new Past(new int[0], new int[] {used.mark()});

            assertThat(swarm.choose(by(HOME, true, false, null, past, 4)))
                    .containsExactly(used == one ? other : one, used);
        }
    }

    @Test
    void atMostSoManyAsAreOfUseAndNoneTwice() {
        for (int i = 1; i <= 40; i++) {
            swarm.holding(peer(i, AWAY));
        }

        for (int i = 0; i < 50; i++) {
            assertThat(swarm.choose(wanted())).hasSize(4).doesNotHaveDuplicates();
            assertThat(swarm.choose(by(HOME, true, false, null, Past.NONE, 2))).hasSize(1);
        }
    }

    @Test
    void anAskerIsNotSentToItself() {
        Peer one = swarm.holding(peer(1, AWAY));

        assertExcluded(Exclusion.ASKS_ITSELF,
                by(HOME, true, false, one.id().value(), Past.NONE, 4));
    }

    @Test
    void aPeerThatTheOperatorDoesNotVouchForIsNotForEverybody() {
        swarm.holding(peer(1, AWAY));
        var unable = by(HOME, false, false, null, Past.NONE, 2);
        assertExcluded(Exclusion.NOT_VOUCHED_FOR, unable);

        Peer vouched = swarm.holding(peer(-1, AWAY));

        assertThat(swarm.choose(unable)).containsExactly(vouched);
    }

    @Test
    void aPeerWithoutTlsIsNotForAPageThatCameWithIt() {
        swarm.holding(peer(1, AWAY));
        var page = by(HOME, true, true, null, Past.NONE, 2);
        assertExcluded(Exclusion.WITHOUT_TLS, page);

        Peer secure = swarm.holding(peer(2, AWAY, BUDGET, "https", Reach.IPV4, NOW.plusSeconds(60)));

        assertThat(swarm.choose(page)).containsExactly(secure);
    }

    @Test
    void eachClientIsSentWhereItsProtocolReaches() {
        Peer four = swarm.holding(peer(1, AWAY));
        var overSix = by(IPV6_HOME, true, false, null, Past.NONE, 4);
        assertExcluded(Exclusion.OTHER_PROTOCOL, overSix);

        Peer six = swarm.holding(peer(2, AWAY, BUDGET, "http", Reach.IPV6, NOW.plusSeconds(60)));
        Peer both = swarm.holding(peer(3, AWAY, BUDGET, "http", Reach.BOTH, NOW.plusSeconds(60)));

        assertThat(swarm.choose(overSix)).containsExactlyInAnyOrder(six, both);
        assertThat(swarm.choose(wanted())).containsExactlyInAnyOrder(four, both);
    }

    @Test
    void aPeerWhoseLeaseHasRunOutIsGone() {
        swarm.holding(peer(1, AWAY, BUDGET, "http", Reach.IPV4, NOW));

        assertExcluded(Exclusion.GONE, wanted());
    }

    @Test
    void aPeerWithoutThePiecesIsOfNoUse() {
        Peer part = peer(1, AWAY);
        swarm.store.admit(part);
        var bits = new BitSet();
        bits.set(0, 2);
        swarm.store.hold(part.id(), FILE, PieceSet.of(4, bits));

        assertExcluded(Exclusion.LACKS_PIECES, wanted());
        assertThat(swarm.choose(new Wanted(0, 1, SIZE, HOME, true, false,
                null, Past.NONE, 4))).containsExactly(part);
    }

    @Test
    void aClientIsNotSentBackToWhereItFailed() {
        Peer one = swarm.holding(peer(1, AWAY));

        assertExcluded(Exclusion.FAILED_CLIENT, by(HOME, true, false, null,
                new Past(new int[] {one.mark()}, new int[0]), 4));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void noStrangerSeesAllThatANetworkAsksFor(int number) {
        Peer far = swarm.holding(peer(number, AWAY));
        for (int i = 0; i < 12; i++) {
            assertThat(swarm.choose(wanted())).containsExactly(far);
            swarm.shares.note(far, HOME);
        }

        if (far.superNode()) {
            assertThat(swarm.choose(wanted())).containsExactly(far);
        } else {
            assertExcluded(Exclusion.SEEN_ENOUGH, wanted());
        }
    }

    @Test
    void whoIsAtTheClientsOwnPlaceIsNoStranger() {
        Peer near = swarm.holding(peer(1, SAME_NETWORK));
        for (int i = 0; i < 20; i++) {
            assertThat(swarm.choose(wanted())).containsExactly(near);
            swarm.shares.note(near, HOME);
        }
    }

    @Test
    void aPeerWhoseSlotsAreTakenIsSparedUntilOneIsFree() {
        Peer small = swarm.holding(peer(1, AWAY, new UploadBudget(8_000_000, 2, 0), "http", Reach.IPV4,
                NOW.plusSeconds(60)));
        swarm.charge(small, 2);
        assertExcluded(Exclusion.OVER_BUDGET, wanted());
        assertThat(swarm.registry.charge(small, SIZE, swarm.clock.millis())).isFalse();

        swarm.clock.advance(Duration.ofMillis(2_050)); // a megabyte at half of 8 Mbit/s, and the way

        assertThat(swarm.choose(wanted())).containsExactly(small);
    }

    @Test
    void aPeerThatServesNobodyIsNotAskedForAHeadEither() {
        swarm.holding(peer(1, AWAY, new UploadBudget(80_000_000, 0, 0), "http", Reach.IPV4, NOW.plusSeconds(60)));

        assertExcluded(Exclusion.OVER_BUDGET, new Wanted(0, 3, 0, HOME, true, false, null, Past.NONE, 4));
    }

    @Test
    void aPeerWhoseQuotaIsUsedUpIsSpared() {
        Peer frugal = swarm.holding(peer(1, AWAY, new UploadBudget(80_000_000, 10, SIZE + 1), "http", Reach.IPV4,
                NOW.plusSeconds(60)));
        swarm.charge(frugal, 1);

        assertExcluded(Exclusion.OVER_BUDGET, wanted());
    }

    private void assertExcluded(Exclusion why, Wanted wanted) {
        assertThat(swarm.choose(wanted)).isEmpty();
        assertThat(swarm.exclusions).containsOnly(why);
        assertThat(swarm.choice.choose(wanted, swarm.store.holders(FILE), swarm.clock.millis(), null).obstacle())
                .isEqualTo(why);
    }
}
