package io.fingerpost.registry.enrolment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.RequestRejected;
import io.fingerpost.registry.TestAdmissions;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.store.Admission;
import io.fingerpost.registry.store.Block;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.upload.Uploads;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How many peers one account, address or network may have: what a store with real peers in it counts. */
class LimitsTest {
    private static final UploadBudget BUDGET = new UploadBudget(1_000_000, 1, 0);

    private final MemoryStore store = new MemoryStore();
    private final Enrolment enrolment = new Enrolment(
            new EnrolmentConfig(EnrolmentConfig.Mode.OPEN, List.of(), false, 2, 3, 1_000), Optional.empty());

    private Peer admit(int number, String address, String account) {
        var id = new PeerId(Sha256.digestOf(new byte[] {(byte) number}).base64Url());
        var plain = TestAdmissions.of(new PeerEndpoint("http", "peer.example", 8080 + number), false,
                List.of(InetAddress.ofLiteral(address)), BUDGET);
        var admission = new Admission(plain.registration(), false, account, plain.secretHash(), plain.seenFrom(),
                plain.routes(), plain.at());
        var peer = new Peer(id, admission, TicketKey.derive(new byte[32], id), new Place(0, 1, 0, 0),
                new Uploads(BUDGET, 0), Instant.ofEpochMilli(1), Reachability.YES);
        store.admit(peer);
        return peer;
    }

    private void requireRoom(Account account, String address, Optional<Peer> before) {
        enrolment.requireRoom(account, Set.of(InetAddress.ofLiteral(address)), store.census(),
                before.map(Peer::admission));
    }

    private void assertFull(Account account, String address, String what) {
        assertThatExceptionOfType(RequestRejected.class)
                .isThrownBy(() -> requireRoom(account, address, Optional.empty()))
                .satisfies(e -> {
                    assertThat(e.problem().status()).isEqualTo(429);
                    assertThat(e.problem().detail()).contains(what);
                });
    }

    @Test
    void anAddressHasItsLimit() {
        Peer first = admit(1, "192.0.2.1", "");
        admit(2, "192.0.2.1", "");

        assertFull(Account.OPEN, "192.0.2.1", "your address has its limit of 2 peers");
        requireRoom(Account.OPEN, "192.0.2.1", Optional.of(first)); // one that is known may come again
        requireRoom(Account.OPEN, "192.0.2.2", Optional.empty());
        store.remove(first.id());
        requireRoom(Account.OPEN, "192.0.2.1", Optional.empty());
    }

    @Test
    void aNetworkHasItsLimit() {
        admit(1, "2001:db8:0:1::1", "");
        admit(2, "2001:db8:0:2::1", "");
        admit(3, "2001:db8:0:3::1", "");

        assertFull(Account.OPEN, "2001:db8:0:ffff::1", "your network has its limit of 3 peers");
        requireRoom(Account.OPEN, "2001:db8:1::1", Optional.empty());
    }

    @Test
    void anAccountHasItsLimit() {
        admit(1, "192.0.2.1", "cafes");
        admit(2, "198.51.100.1", "cafes");

        assertFull(new Account("cafes", false, 2), "203.0.113.1", "your account has its limit of 2 peers");
        requireRoom(new Account("cafes", false, 3), "203.0.113.1", Optional.empty());
        requireRoom(new Account("labs", false, 1), "203.0.113.1", Optional.empty());
    }

    @Test
    void peersThatAreGoneDoNotCount() {
        admit(1, "192.0.2.1", "cafes");
        admit(1, "198.51.100.1", "labs");
        assertThat(store.census().at(InetAddress.ofLiteral("192.0.2.1"))).isZero();
        assertThat(store.census().of("labs")).isOne();

        store.removeExpired(Instant.ofEpochMilli(2));

        assertThat(store.census().of("labs")).isZero();
        assertThat(store.census().in(Block.of(InetAddress.ofLiteral("198.51.100.9")))).isZero();
    }
}
