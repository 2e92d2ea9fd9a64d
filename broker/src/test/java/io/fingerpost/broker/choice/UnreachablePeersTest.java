package io.fingerpost.broker.choice;

import static io.fingerpost.broker.choice.SmallSwarm.AWAY;
import static io.fingerpost.broker.choice.SmallSwarm.BUDGET;
import static io.fingerpost.broker.choice.SmallSwarm.HOME;
import static io.fingerpost.broker.choice.SmallSwarm.NOW;
import static io.fingerpost.broker.choice.SmallSwarm.peer;
import static io.fingerpost.broker.choice.SmallSwarm.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.TestAdmissions;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.upload.Uploads;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Peers that serve nobody for the moment, and those that serve their own network only. */
class UnreachablePeersTest {
    private static final Reachability NO = Reachability.no("tried it", "open a port");

    private final SmallSwarm swarm = new SmallSwarm();

    /** One that the registry could not reach. */
    private static Peer unproved(String host, Place place) {
        var id = new PeerId(Sha256.digestOf(new byte[] {77}).base64Url());
        List<InetAddress> nowhere = List.of();
        return new Peer(id, TestAdmissions.of(new PeerEndpoint("http", host, 8443), false, nowhere, BUDGET),
                TicketKey.derive(new byte[32], id), place, new Uploads(BUDGET, 0), NOW.plusSeconds(3600), NO);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "GOOD")
    void nobodyIsSentToAPeerThatIsNotGood(Peer.State state) {
        Peer peer = swarm.holding(peer(1, AWAY));
        peer.turn(state, NO);

        assertThat(swarm.choose(wanted())).isEmpty();
        assertThat(swarm.exclusions).extracting(Exclusion::name).containsExactly(state.name());

        peer.turn(Peer.State.GOOD, Reachability.YES);
        assertThat(swarm.choose(wanted())).containsExactly(peer);
    }

    @Test
    void aPeerInAPrivateNetworkServesThoseBehindTheSamePublicAddress() {
        Peer neighbour = swarm.holding(unproved("192.168.178.2", HOME));

        assertThat(swarm.choose(wanted())).containsExactly(neighbour);
    }

    @Test
    void butNobodyElse() {
        swarm.holding(unproved("192.168.178.2", AWAY));

        assertThat(swarm.choose(wanted())).isEmpty();
        assertThat(swarm.exclusions).containsExactly(Exclusion.UNPROVED);
    }

    /** Else whoever registers could aim a network at a third party. */
    @Test
    void aPublicEndpointThatDidNotProveItselfServesNotEvenItsNeighbours() {
        swarm.holding(unproved("198.51.100.7", HOME));

        assertThat(swarm.choose(wanted())).isEmpty();
    }

    /** A neighbour that does not behave is no better than any other peer. */
    @Test
    void aNeighbourInQuarantineServesNobody() {
        swarm.holding(unproved("192.168.178.2", HOME)).turn(Peer.State.QUARANTINED, NO);

        assertThat(swarm.choose(wanted())).isEmpty();
    }
}
