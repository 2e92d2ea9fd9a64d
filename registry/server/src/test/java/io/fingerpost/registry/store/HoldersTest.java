package io.fingerpost.registry.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.TestAdmissions;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.locality.Tier;
import io.fingerpost.registry.upload.Uploads;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Holders by place. */
class HoldersTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Sha256 FILE = Sha256.digestOf(new byte[] {1});
    private static final PieceSet WHOLE = PieceSet.all(2);
    /** Each peer has a network of its own; odd ones are in country 1, every tenth in system 10, every twentieth at site 1. */
    private static final int PEERS = 100;

    private final MemoryStore store = new MemoryStore();
    private final List<Peer> peers = new ArrayList<>();

    private static Place place(int number) {
        return new Place(number % 20 == 0 ? 1 : 0, number, number % 10 == 0 ? 10 : 0, number % 2 == 1 ? 1 : 2);
    }

    private Peer admit(int number) {
        return admit(number, place(number));
    }

    private Peer admit(int number, Place place) {
        var hash = Sha256.digestOf(ByteBuffer.allocate(4).putInt(number).array());
        var id = new PeerId(hash.base64Url());
        var address = InetAddress.ofLiteral("10.0.0." + number % 256);
        var budget = new UploadBudget(1_000_000, 1, 0);
        var endpoint = new PeerEndpoint("http", address.getHostAddress(), 8080);
        var peer = new Peer(id, TestAdmissions.of(endpoint, false, List.of(address), budget),
                TicketKey.derive(new byte[32], id), place, new Uploads(budget, 0), NOW.plusSeconds(60),
                Reachability.YES);
        store.admit(peer);
        peers.add(peer);
        return peer;
    }

    private void holdByAll() {
        for (int i = 1; i <= PEERS; i++) {
            store.hold(admit(i).id(), FILE, i % 3 == 0 ? WHOLE : PieceSet.of(2, new byte[] {1}));
        }
    }

    private Set<Peer> drawn(Tier tier, Place place) {
        var random = new Random(1);
        var found = new HashSet<Peer>();
        var draw = new Holder[12];
        for (int i = 0; i < 500; i++) {
            int count = store.holders(FILE).draw(tier, place, random, draw);
            for (int j = 0; j < count; j++) {
                found.add(draw[j].peer());
            }
        }
        return found;
    }

    private Set<Peer> every(int nth, int rest) {
        var some = new HashSet<Peer>();
        for (int i = 0; i < peers.size(); i++) {
            if ((i + 1) % nth == rest) {
                some.add(peers.get(i));
            }
        }
        return some;
    }

    @Test
    void manyAreFoundByTheirPlace() {
        holdByAll();

        assertThat(store.holders(FILE).all()).isNull();
        assertThat(drawn(Tier.LOCAL, new Place(1, 1_000, 0, 0))).isEqualTo(every(20, 0));
        assertThat(drawn(Tier.LOCAL, new Place(0, 7, 0, 0))).containsExactly(peers.get(6));
        assertThat(drawn(Tier.ASN, new Place(0, 1_000, 10, 0))).isEqualTo(every(10, 0));
        assertThat(drawn(Tier.COUNTRY, new Place(0, 1_000, 0, 1))).isEqualTo(every(2, 1));
        assertThat(drawn(Tier.ANYWHERE, new Place(0, 1_000, 0, 0))).hasSize(PEERS);
    }

    @Test
    void whoIsNotAnywhereKnownIsNearNobody() {
        holdByAll();

        for (Tier tier : List.of(Tier.LOCAL, Tier.ASN, Tier.COUNTRY)) {
            assertThat(drawn(tier, new Place(0, 1_000, 0, 0))).isEmpty();
        }
    }

    @Test
    void aNeighbourThatHoldsSomethingElseIsNone() {
        holdByAll();
        Peer other = admit(200);
        store.hold(other.id(), Sha256.digestOf(new byte[] {2}), WHOLE);

        assertThat(drawn(Tier.LOCAL, new Place(0, 200, 0, 0))).isEmpty();
    }

    @Test
    void whatAHolderHoldsIsSeenInEveryTier() {
        holdByAll();
        var draw = new Holder[12];
        int count = store.holders(FILE).draw(Tier.LOCAL, new Place(0, 7, 0, 0), new Random(1), draw);
        assertThat(count).isOne();
        assertThat(draw[0].holds(0, 0)).isTrue();
        assertThat(draw[0].holds(0, 1)).isFalse();

        store.hold(peers.get(6).id(), FILE, WHOLE);

        store.holders(FILE).draw(Tier.LOCAL, new Place(0, 7, 0, 0), new Random(1), draw);
        assertThat(draw[0].holds(0, 1)).isTrue();
        assertThat(drawn(Tier.COUNTRY, new Place(0, 1_000, 0, 1))).contains(peers.get(6));
    }

    @Test
    void thoseWhoLeaveAreDrawnNoMore() {
        holdByAll();
        for (int i = 0; i < PEERS; i += 2) {
            store.remove(peers.get(i).id());
        }

        assertThat(drawn(Tier.COUNTRY, new Place(0, 1_000, 0, 1))).isEmpty();
        assertThat(drawn(Tier.ANYWHERE, new Place(0, 1_000, 0, 0))).isEqualTo(every(2, 0));
    }

    @Test
    void whenFewAreLeftAllAreSeenAtOnceAndNothingStaysBehind() {
        holdByAll();
        for (int i = 0; i < PEERS - 5; i++) {
            store.remove(peers.get(i).id());
        }
        assertThat(store.holders(FILE).all()).hasSize(5);

        peers.forEach(peer -> store.remove(peer.id()));

        assertThat(store.holders(FILE).count()).isZero();
        assertThat(store.holdingCount()).isZero();
        assertThat(store.bitsPerSecond()).isZero();
    }

    @Test
    void whoMovesIsFoundAtTheNewPlaceAlone() {
        holdByAll();

        store.relocate(address -> address.equals(InetAddress.ofLiteral("10.0.0.7"))
                ? new Place(5, 7_000, 50, 9)
                : peers.stream().filter(peer -> peer.admission().address().equals(address)).findFirst().orElseThrow()
                        .place());

        Peer moved = peers.get(6);
        assertThat(drawn(Tier.LOCAL, new Place(5, 1, 0, 0))).contains(moved);
        assertThat(drawn(Tier.LOCAL, new Place(0, 7_000, 0, 0))).containsExactly(moved);
        assertThat(drawn(Tier.ASN, new Place(0, 1_000, 50, 0))).containsExactly(moved);
        assertThat(drawn(Tier.COUNTRY, new Place(0, 1_000, 0, 9))).containsExactly(moved);
        assertThat(drawn(Tier.LOCAL, new Place(0, 7, 0, 0))).isEmpty();
        assertThat(drawn(Tier.COUNTRY, new Place(0, 1_000, 0, 1))).doesNotContain(moved);
        store.remove(moved.id());
        assertThat(drawn(Tier.ASN, new Place(0, 1_000, 50, 0))).isEmpty();
    }

    private Peer hold(Peer peer) {
        store.hold(peer.id(), FILE, WHOLE);
        return peer;
    }

    /** As under a configured prefix that is short, or behind a large NAT. */
    @Test
    void thoseOfALargeNetworkAreFoundHoweverManyThereHoldSomethingElse() {
        var network = new Place(0, 5_000, 0, 0);
        var near = new HashSet<Peer>();
        holdByAll();
        for (int i = 1; i <= 300; i++) {
            Peer peer = admit(1_000 + i, network);
            if (i <= 2 || i > 297) {
                near.add(hold(peer)); // some from before the network was large, some from after
            }
        }
        assertThat(drawn(Tier.LOCAL, network)).isEqualTo(near);

        Peer left = near.iterator().next();
        store.hold(left.id(), FILE, PieceSet.all(0));
        near.remove(left);

        assertThat(drawn(Tier.LOCAL, network)).isEqualTo(near);
    }

    @Test
    void aNetworkMayGrowAndShrinkAndGrowAgain() {
        var network = new Place(0, 5_000, 0, 0);
        holdByAll();
        var here = new ArrayList<Peer>();
        for (int round = 0; round < 3; round++) {
            while (here.size() < 40) {
                here.add(hold(admit(1_000 + 100 * round + here.size(), network)));
            }
            assertThat(drawn(Tier.LOCAL, network)).isEqualTo(Set.copyOf(here));
            while (here.size() > 4) {
                store.remove(here.removeLast().id());
            }
            assertThat(drawn(Tier.LOCAL, network)).isEqualTo(Set.copyOf(here));
            store.remove(here.removeLast().id());
        }
    }

    @Test
    void whoMovesIntoALargeNetworkIsFoundThere() {
        var network = new Place(0, 5_000, 0, 0);
        holdByAll();
        for (int i = 0; i < 30; i++) {
            admit(1_000 + i, i < 16 ? network : place(1_000 + i));
        }

        store.relocate(address -> network);

        assertThat(drawn(Tier.LOCAL, network)).isEqualTo(Set.copyOf(peers.subList(0, PEERS)));
    }

    @Test
    void siteAndNetworkLeaveEachOtherWhatTheyDoNotNeed() {
        for (int i = 1; i <= 40; i++) {
            hold(admit(i, new Place(1, i, 0, 0)));
        }
        var own = new Place(1, 7_000, 0, 0);
        for (int i = 0; i < 3; i++) {
            hold(admit(200 + i, own));
        }
        var draw = new Holder[12];

        int count = store.holders(FILE).draw(Tier.LOCAL, own, new Random(1), draw);
        assertThat(count).isEqualTo(12);
        assertThat(List.of(draw).subList(0, 3)).extracting(Holder::peer)
                .containsExactlyInAnyOrderElementsOf(peers.subList(40, 43));
        assertThat(store.holders(FILE).draw(Tier.LOCAL, new Place(1, 1_000, 0, 0), new Random(1), draw)).as("all of it")
                .isEqualTo(12);
        assertThat(store.holders(FILE).draw(Tier.LOCAL, new Place(0, 7_000, 0, 0), new Random(1), draw)).isEqualTo(3);
    }

    /** Private numbers of systems are so large that they are negative as an int. */
    @Test
    void aSystemWithALargeNumberIsNoNetwork() {
        int asn = (int) 4_200_000_001L;
        for (int i = 1; i <= 30; i++) {
            hold(admit(i, new Place(0, 0xffff_ffffL << 32 | i, asn, 0)));
        }

        assertThat(drawn(Tier.ASN, new Place(0, 1, asn, 0))).hasSize(30);
        assertThat(drawn(Tier.LOCAL, new Place(0, 0xffff_ffffL << 32 | asn & 0xffff_ffffL, 0, 0))).isEmpty();
    }
}
