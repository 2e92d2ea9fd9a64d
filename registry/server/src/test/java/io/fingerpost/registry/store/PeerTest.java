package io.fingerpost.registry.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.TestAdmissions;
import io.fingerpost.registry.admission.Reach;
import io.fingerpost.registry.admission.Route;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.upload.Uploads;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PeerTest {
    private static final UploadBudget BUDGET = new UploadBudget(1_000_000, 4, 0);
    private static final Route FOUR = route("http://192.0.2.1:80", "192.0.2.1");
    private static final Route SIX = route("http://[2001:db8::1]:80", "2001:db8::1");
    private static final Route SIX_TLS = route("https://six.example:443", "2001:db8::1");
    private static final Route NAME = route("http://both.example:80", "192.0.2.1", "2001:db8::1");

    private static Route route(String url, String... addresses) {
        return new Route(PeerEndpoint.parse(url), Stream.of(addresses).map(InetAddress::ofLiteral).toList());
    }

    private static Peer peer(Route... routes) {
        return peer(TestAdmissions.of(List.of(routes), false, BUDGET));
    }

    private static Peer peer(Admission admission) {
        var id = new PeerId(Sha256.digestOf(new byte[] {1}).base64Url());
        return new Peer(id, admission, TicketKey.derive(new byte[32], id), new Place(0, 1, 0, 0),
                new Uploads(BUDGET, 0), Instant.EPOCH, Reachability.YES);
    }

    private static PeerEndpoint met(Peer peer, boolean ipv6, boolean tlsOnly) {
        assertThat(peer.isReachable(ipv6, tlsOnly)).isTrue();
        return peer.endpointFor(ipv6, tlsOnly);
    }

    @Test
    void aClientMeetsThePeerByItsOwnFamily() {
        Peer peer = peer(FOUR, SIX);

        assertThat(met(peer, false, false)).isEqualTo(FOUR.endpoint());
        assertThat(met(peer, true, false)).isEqualTo(SIX.endpoint());
        assertThat(peer.reach()).isEqualTo(Reach.BOTH);
        assertThat(peer(SIX).isReachable(false, false)).isFalse();
    }

    @Test
    void theFirstThatDoesIsTaken() {
        assertThat(met(peer(NAME, SIX), true, false)).isEqualTo(NAME.endpoint());
        assertThat(met(peer(SIX, NAME), true, false)).isEqualTo(SIX.endpoint());
        assertThat(met(peer(SIX, NAME), false, false)).isEqualTo(NAME.endpoint());
    }

    @Test
    void whoNeedsTlsMeetsItWhereItHasSome() {
        Peer peer = peer(FOUR, SIX, SIX_TLS);

        assertThat(peer.hasTls()).isTrue();
        assertThat(met(peer, true, true)).isEqualTo(SIX_TLS.endpoint());
        assertThat(peer.isReachable(false, true)).isFalse();
        assertThat(peer(FOUR).hasTls()).isFalse();
    }

    @Test
    void peersMeetByWhatBothHave() {
        Peer dual = peer(SIX, FOUR);

        assertThat(dual.endpointFor(peer(FOUR))).isEqualTo(FOUR.endpoint());
        assertThat(dual.endpointFor(peer(SIX))).isEqualTo(SIX.endpoint());
        assertThat(dual.endpointFor(peer(NAME))).isEqualTo(SIX.endpoint());
    }

    @Test
    void itIsKnownByEachOfItsEndpoints() {
        Peer peer = peer(FOUR, SIX, SIX_TLS);

        assertThat(List.of(FOUR, SIX, SIX_TLS)).allMatch(route -> peer.isAt(route.endpoint()));
        assertThat(peer.isAt(NAME.endpoint())).isFalse();
    }

    /** The neighbours of one that proved nothing are sent to what it has in their network. */
    @Test
    void whatIsPrivateComesFirstWhenNothingProvedItself() {
        var hidden = PeerEndpoint.parse("http://10.0.0.7:80");
        Peer peer = peer(TestAdmissions.of(List.of(FOUR.endpoint(), hidden), false, List.of(), BUDGET));

        assertThat(peer.state()).isEqualTo(Peer.State.UNPROVED);
        assertThat(peer.isLanOnly()).isTrue();
        assertThat(met(peer, false, false)).isEqualTo(hidden);
    }
}
