package io.fingerpost.registry.durable;

import static io.fingerpost.registry.store.RegistryStoreContract.peer;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.HoldingsChecksum;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.registry.TestAdmissions;
import io.fingerpost.registry.admission.Reach;
import io.fingerpost.registry.admission.Route;
import io.fingerpost.registry.health.Standing;
import io.fingerpost.registry.store.Holder;
import io.fingerpost.registry.store.Peer;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept is there again, and nothing else. */
class RestartTest {
    private static final Sha256 MAP = Sha256.digestOf(new byte[] {1});
    private static final Sha256 SOUND = Sha256.digestOf(new byte[] {2});
    private static final PieceSet SOME = PieceSet.of(9, new byte[] {5});

    @TempDir
    private Path folder;

    private final Peer anna = peer(1, StoreFixture.LEASE_END);
    private final Peer berta = peer(2, StoreFixture.LEASE_END);
    private StoreFixture fixture;

    @BeforeEach
    void open() {
        fixture = new StoreFixture(folder.resolve("registry"));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void peersAreThereAgainWithAllThatWasSaidOfThem() {
        var store = fixture.store();
        var admission = TestAdmissions.of(new PeerEndpoint("https", "[2001:db8::1]", 443), true, Reach.BOTH,
                new UploadBudget(1, 2, 3));
        store.admit(StoreFixture.peer(anna.id(), admission));
        store.admit(berta);
        store.remove(berta.id());

        store = fixture.restart();

        assertThat(store.peerCount()).isOne();
        assertThat(store.find(anna.id())).get().extracting(Peer::admission).isEqualTo(admission);
    }

    @Test
    void soAreTheirEndpointsAndWhichOfThemProvedThemselves() {
        var four = new PeerEndpoint("http", "192.0.2.1", 80);
        var six = new PeerEndpoint("http", "[2001:db8::1]", 80);
        var closed = new PeerEndpoint("https", "192.0.2.2", 443);
        var admission = TestAdmissions.of(List.of(closed, four, six), false,
                List.of(new Route(four, List.of(InetAddress.ofLiteral("192.0.2.1"))),
                        new Route(six, List.of(InetAddress.ofLiteral("2001:db8::1")))),
                new UploadBudget(1, 2, 3));
        fixture.store().admit(StoreFixture.peer(anna.id(), admission));

        var store = fixture.restart();

        assertThat(store.find(anna.id())).get().extracting(Peer::admission).isEqualTo(admission);
    }

    @Test
    void leasesRunAnewHoweverLongTheOutageWas() {
        fixture.store().admit(peer(1, Instant.EPOCH));

        var store = fixture.restart();

        assertThat(store.find(anna.id())).get().extracting(Peer::leaseUntil).isEqualTo(StoreFixture.LEASE_END);
    }

    @Test
    void holdingsAreThereAgainWithTheirChecksum() {
        var store = fixture.store();
        store.admit(anna);
        store.admit(berta);
        store.hold(anna.id(), MAP, PieceSet.all(9));
        store.hold(anna.id(), SOUND, SOME);
        store.hold(berta.id(), MAP, PieceSet.all(9));
        store.update(berta.id(), new HoldingsUpdate(true, List.of(new Held(SOUND, SOME)), List.of()));
        long checksum = HoldingsChecksum.of(MAP, PieceSet.all(9)) ^ HoldingsChecksum.of(SOUND, SOME);

        store = fixture.restart();

        assertThat(store.holdingCount()).isEqualTo(3);
        assertThat(store.isInSync(anna.id(), checksum)).isTrue();
        assertThat(store.holders(MAP).live(StoreFixture.NOW)).extracting(Holder::peer).extracting(Peer::id)
                .containsExactly(anna.id());
        assertThat(store.holders(SOUND).live(StoreFixture.NOW)).hasSize(2)
                .allMatch(holder -> holder.holds(2, 2) && !holder.holds(1, 1));
    }

    @Test
    void whatWasWithdrawnStaysAway() {
        var store = fixture.store();
        store.admit(anna);
        store.admit(berta);
        store.hold(anna.id(), MAP, PieceSet.all(9));
        store.hold(berta.id(), MAP, PieceSet.all(9));
        store.hold(anna.id(), MAP, PieceSet.of(9, new byte[0]));
        store.admit(berta); // anew: it may have lost its disk

        store = fixture.restart();

        assertThat(store.peerCount()).isEqualTo(2);
        assertThat(store.holdingCount()).isZero();
    }

    @Test
    void peersWhoseLeasesRanOutStayAway() {
        fixture.store().admit(anna);
        fixture.store().removeExpired(StoreFixture.LEASE_END);

        assertThat(fixture.restart().peerCount()).isZero();
    }

    @Test
    void whatIsUsedOfAQuotaIsUsedAfterwards() {
        var budget = new UploadBudget(8_000_000, 4, 1_000_000);
        var admission = TestAdmissions.of(anna.endpoint(), false, Reach.IPV4, budget);
        var peer = StoreFixture.peer(anna.id(), admission);
        fixture.store().admit(peer);
        long now = StoreFixture.NOW.toEpochMilli();
        assertThat(peer.uploads().take(700_000, now)).isTrue();

        var store = fixture.restart();

        var uploads = store.find(anna.id()).orElseThrow().uploads();
        assertThat(uploads.usedThisMonth(now)).isEqualTo(700_000);
        assertThat(uploads.hasRoom(400_000, now)).isFalse();
        assertThat(uploads.hasRoom(400_000, now + Duration.ofDays(32).toMillis())).isTrue();
    }

    @Test
    void whatIsHeldAgainstPeersOutlivesThem() {
        var bad = new Standing(3.5, StoreFixture.NOW, 2, StoreFixture.LEASE_END);
        fixture.store().keep(anna.id(), bad);
        fixture.store().keep(berta.id(), bad);
        fixture.store().keep(berta.id(), Standing.CLEAN);

        assertThat(fixture.restart().standings()).isEqualTo(Map.of(anna.id(), bad));
    }

    @Test
    void manyRestartsKeepItAllAndLeaveFewFiles() {
        for (int i = 0; i < 40; i++) {
            var store = fixture.restart();
            assertThat(store.peerCount()).isEqualTo(i);
            store.admit(peer(i, StoreFixture.LEASE_END));
            store.hold(peer(i, StoreFixture.LEASE_END).id(), MAP, SOME);
        }

        assertThat(fixture.restart().holdingCount()).isEqualTo(40);
        assertThat(folder.resolve("registry").toFile().list()).hasSizeLessThan(80);
    }
}
