package io.fingerpost.registry.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.TestAdmissions;
import io.fingerpost.registry.admission.Reach;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.upload.Uploads;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of peers and holdings has to do, whatever engine it stands on. */
public abstract class RegistryStoreContract {
    /** Some stores let leases run out by a clock that is not this program's. */
    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private static final Instant LATER = NOW.plusSeconds(3_000);
    private static final Sha256 MAP = Sha256.digestOf(new byte[] {1});
    private static final Sha256 SOUND = Sha256.digestOf(new byte[] {2});
    private static final UploadBudget BUDGET = new UploadBudget(8_000_000, 4, 0);
    private static final PieceSet WHOLE = PieceSet.all(4);

    private final Peer anna = peer(1, LATER);
    private final Peer berta = peer(2, LATER);
    private RegistryStore store;

    /** A store with nothing in it. */
    protected abstract RegistryStore emptyStore();

    /** How often what is done at the same time is done; a store behind a network takes longer for each. */
    protected int repetitions() {
        return 20_000;
    }

    /** The holders, once they are at hand. */
    protected Holders holders(RegistryStore store, Sha256 digest) {
        return store.holders(digest);
    }

    @BeforeEach
    protected void open() {
        store = emptyStore();
    }

    public static Peer peer(int number, Instant leaseUntil) {
        var id = new PeerId(Sha256.digestOf(new byte[] {(byte) (number >> 8), (byte) number}).base64Url());
        var endpoint = new PeerEndpoint("http", "192.0.2." + number % 256, 8080 + number / 256);
        return new Peer(id, TestAdmissions.of(endpoint, false, Reach.IPV4, BUDGET),
                TicketKey.derive(new byte[32], id), new Place(0, number, 0, 0),
                new Uploads(BUDGET, 0), leaseUntil, Reachability.YES);
    }

    private static PieceSet pieces(int... indexes) {
        var bits = new BitSet();
        IntStream.of(indexes).forEach(bits::set);
        return PieceSet.of(4, bits);
    }

    private void assertHolders(Sha256 digest, Instant now, Peer... peers) {
        assertThat(holders(store, digest).live(now)).extracting(holder -> holder.peer().id())
                .containsExactlyInAnyOrderElementsOf(List.of(peers).stream().map(Peer::id).toList());
    }

    @Test
    void isEmptyAtFirst() {
        assertThat(store.peerCount()).isZero();
        assertThat(store.holdingCount()).isZero();
        assertThat(store.find(anna.id())).isEmpty();
        assertThat(holders(store, MAP).live(NOW)).isEmpty();
        assertThat(store.removeExpired(NOW)).isZero();
    }

    @Test
    void findsAnAdmittedPeerWithAllThatWasSaidOfIt() {
        store.admit(anna);

        assertThat(store.find(anna.id())).get().isSameAs(anna);
        assertThat(store.find(berta.id())).isEmpty();
        assertThat(store.peerCount()).isOne();
    }

    @Test
    void whatIsDoneUnderAnOldLeaseLeavesTheNewOneAlone() {
        store.admit(anna);
        Peer anew = peer(1, LATER);
        store.admit(anew);
        store.hold(anew.id(), MAP, PieceSet.all(4));

        assertThat(store.update(anna, new HoldingsUpdate(true, List.of(), List.of()))).isFalse();
        assertThat(store.remove(anna)).isFalse();

        assertThat(store.holdingsOf(anew.id())).isOne();
        assertThat(store.remove(anew)).isTrue();
        assertThat(store.peerCount()).isZero();
    }

    @Test
    void knowsWhoHoldsWhat() {
        store.admit(anna);
        store.admit(berta);

        assertThat(store.hold(anna.id(), MAP, WHOLE)).isTrue();
        assertThat(store.hold(berta.id(), MAP, pieces(1, 3))).isTrue();
        assertThat(store.hold(berta.id(), SOUND, pieces(0))).isTrue();

        assertHolders(MAP, NOW, anna, berta);
        assertHolders(SOUND, NOW, berta);
        assertThat(holders(store, SOUND).live(NOW).getFirst().holds(0, 0)).isTrue();
        assertThat(holders(store, SOUND).live(NOW).getFirst().holds(0, 1)).isFalse();
        assertThat(store.holdingsOf(berta.id())).isEqualTo(2);
        assertThat(store.holds(berta.id(), SOUND)).isTrue();
        assertThat(store.holds(anna.id(), SOUND)).isFalse();
        assertThat(store.holdingCount()).isEqualTo(3);
    }

    @Test
    void showsEveryPeerAndDrawsAnyOfWhatOneHolds() {
        store.admit(anna);
        store.admit(berta);
        var seen = new ArrayList<Peer>();
        store.forEachPeer(seen::add);
        assertThat(seen).containsExactlyInAnyOrder(anna, berta);

        var random = new Random(1);
        assertThat(store.drawHolding(anna.id(), random)).isEmpty();
        assertThat(store.drawHolding(peer(3, LATER).id(), random)).as("nobody").isEmpty();
        var held = IntStream.range(0, 40).mapToObj(i -> Sha256.digestOf(new byte[] {9, (byte) i})).toList();
        for (int i = 0; i < 40; i++) {
            store.hold(anna.id(), held.get(i), WHOLE);
            assertThat(held.subList(0, i + 1)).contains(store.drawHolding(anna.id(), random).orElseThrow());
        }
        var drawn = new HashSet<Sha256>();
        IntStream.range(0, 2_000).forEach(_ -> drawn.add(store.drawHolding(anna.id(), random).orElseThrow()));
        assertThat(drawn).containsExactlyInAnyOrderElementsOf(held);
    }

    @Test
    void replacesAHolding() {
        store.admit(anna);
        store.hold(anna.id(), MAP, WHOLE);

        store.hold(anna.id(), MAP, pieces(2));

        assertThat(holders(store, MAP).live(NOW)).containsExactly(new PartialHolder(anna, pieces(2)));
        assertThat(store.holdingCount()).isOne();
        assertThat(store.holdingsOf(anna.id())).isOne();
    }

    @Test
    void withdrawsAHoldingByAnEmptySet() {
        store.admit(anna);
        store.admit(berta);
        store.hold(anna.id(), MAP, WHOLE);
        store.hold(berta.id(), MAP, WHOLE);

        assertThat(store.hold(anna.id(), MAP, pieces())).isTrue();
        assertThat(store.hold(anna.id(), SOUND, pieces())).isTrue();

        assertHolders(MAP, NOW, berta);
        assertThat(store.holds(anna.id(), MAP)).isFalse();
        assertThat(store.holdingsOf(anna.id())).isZero();
        assertThat(store.holdingCount()).isOne();
    }

    @Test
    void takesNothingOfPeersItDoesNotKnow() {
        assertThat(store.hold(anna.id(), MAP, WHOLE)).isFalse();
        assertThat(store.renew(anna.id(), LATER)).isFalse();
        store.remove(anna.id());

        assertThat(holders(store, MAP).live(NOW)).isEmpty();
        assertThat(store.holds(anna.id(), MAP)).isFalse();
        assertThat(store.holdingsOf(anna.id())).isZero();
        assertThat(store.holdingCount()).isZero();
        assertThat(store.peerCount()).isZero();
    }

    @Test
    void countsALeaseThatEndsNowAsEnded() {
        store.admit(anna);
        store.hold(anna.id(), MAP, WHOLE);

        assertHolders(MAP, LATER.minusMillis(1), anna);
        assertHolders(MAP, LATER);
    }

    @Test
    void renewsALeaseAndKeepsTheHoldings() {
        store.admit(anna);
        store.hold(anna.id(), MAP, WHOLE);

        assertThat(store.renew(anna.id(), LATER.plusSeconds(30))).isTrue();

        assertHolders(MAP, LATER, anna);
        assertThat(store.find(anna.id())).get().extracting(Peer::leaseUntil).isEqualTo(LATER.plusSeconds(30));
    }

    @Test
    void removesExactlyThePeersWhoseLeaseHasRunOut() {
        Instant soon = Instant.now().plusMillis(300);
        store.admit(peer(1, soon));
        store.admit(berta);
        store.hold(anna.id(), MAP, WHOLE);
        store.hold(berta.id(), MAP, WHOLE);

        assertThat(store.removeExpired(soon.minusMillis(1))).isZero();
        await().until(() -> Instant.now().isAfter(soon));
        assertThat(store.removeExpired(soon)).isOne();

        assertThat(store.find(anna.id())).isEmpty();
        assertThat(store.find(berta.id())).isPresent();
        assertHolders(MAP, NOW, berta);
        assertThat(store.holdingCount()).isOne();
    }

    @Test
    void forgetsTheHoldingsOfAPeerThatGoes() {
        store.admit(anna);
        store.hold(anna.id(), MAP, WHOLE);
        store.hold(anna.id(), SOUND, WHOLE);

        store.remove(anna.id());

        assertThat(store.find(anna.id())).isEmpty();
        assertThat(holders(store, MAP).live(NOW)).isEmpty();
        assertThat(holders(store, SOUND).live(NOW)).isEmpty();
        assertThat(store.holdingCount()).isZero();
        assertThat(store.peerCount()).isZero();
    }

    /** A peer that starts anew may have lost its disk: what it held before must not be believed. */
    @Test
    void dropsTheHoldingsOfAPeerThatIsAdmittedAgain() {
        store.admit(anna);
        store.hold(anna.id(), MAP, WHOLE);
        var moved = new Peer(anna.id(),
                TestAdmissions.of(new PeerEndpoint("http", "192.0.2.99", 9090), true, Reach.IPV4, BUDGET),
                anna.ticketKey(), anna.place(), anna.uploads(), LATER.plusSeconds(5), Reachability.YES);

        store.admit(moved);

        assertThat(store.find(anna.id())).get().isSameAs(moved);
        assertThat(holders(store, MAP).live(NOW)).isEmpty();
        assertThat(store.holdingsOf(anna.id())).isZero();
        assertThat(store.holdingCount()).isZero();
        assertThat(store.peerCount()).isOne();
        store.hold(anna.id(), MAP, pieces(1));
        assertThat(holders(store, MAP).live(NOW)).extracting(holder -> holder.peer().endpoint())
                .containsExactly(moved.endpoint());
    }

    @Test
    void givesListsThatDoNotChangeUnderTheReader() {
        store.admit(anna);
        store.hold(anna.id(), MAP, WHOLE);
        List<Holder> before = holders(store, MAP).live(NOW);

        store.remove(anna.id());

        assertThat(before).hasSize(1);
    }

    /** Every peer that completes a piece replaces its holding; clients must not be sent to the origin for that moment. */
    @Test
    void showsEveryReaderAHoldingWhileItIsReplaced() throws Exception {
        store.admit(anna);
        store.hold(anna.id(), MAP, WHOLE);

        whileReading(() -> assertThat(holders(store, MAP).live(NOW)).hasSize(1), () -> {
            for (int i = 0; i < repetitions(); i++) {
                store.hold(anna.id(), MAP, i % 2 == 0 ? pieces(1) : WHOLE);
            }
        });
    }

    @Test
    void showsEveryReaderAPeerWhileItIsAdmittedAgain() throws Exception {
        store.admit(anna);

        whileReading(() -> assertThat(store.find(anna.id())).isPresent(), () -> {
            for (int i = 0; i < repetitions(); i++) {
                store.admit(anna);
            }
        });
    }

    @Test
    void staysConsistentUnderManyWriters() throws Exception {
        List<Peer> peers = IntStream.range(0, 8).mapToObj(number -> peer(number, LATER)).toList();
        var reader = new AtomicBoolean(true);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var writers = new ArrayList<Future<?>>();
            for (Peer peer : peers) {
                writers.add(threads.submit(() -> comeAndGo(peer)));
            }
            Future<?> reading = threads.submit(() -> readUntil(reader));
            for (Future<?> writer : writers) {
                writer.get();
            }
            reader.set(false);
            reading.get();
        }

        assertThat(store.peerCount()).isEqualTo(peers.size());
        assertHolders(MAP, NOW, peers.toArray(Peer[]::new));
        assertHolders(SOUND, NOW);
        assertThat(store.holdingCount()).isEqualTo(peers.size());
        store.removeExpired(LATER);
        assertThat(store.holdingCount()).isZero();
        assertThat(holders(store, MAP).live(NOW)).isEmpty();
    }

    private void comeAndGo(Peer peer) {
        for (int i = 0; i < repetitions() / 40; i++) {
            store.admit(peer);
            store.hold(peer.id(), MAP, pieces(i % 4));
            store.hold(peer.id(), SOUND, WHOLE);
            store.renew(peer.id(), LATER);
            if (i % 3 == 0) {
                store.remove(peer.id());
            }
            store.removeExpired(NOW);
        }
        store.admit(peer);
        store.hold(peer.id(), MAP, WHOLE);
    }

    private void readUntil(AtomicBoolean goOn) {
        while (goOn.get()) {
            assertThat(holders(store, MAP).live(NOW)).doesNotHaveDuplicates();
        }
    }

    private static void whileReading(Runnable read, Runnable write) throws ExecutionException, InterruptedException {
        var goOn = new AtomicBoolean(true);
        Callable<Integer> reading = () -> {
            int reads = 0;
            while (goOn.get()) {
                read.run();
                reads++;
            }
            return reads;
        };
        try (var threads = Executors.newSingleThreadExecutor()) {
            Future<Integer> reads = threads.submit(reading);
            assertTimeoutPreemptively(Duration.ofSeconds(20), write::run);
            goOn.set(false);
            assertThat(reads.get()).isPositive();
        }
    }
}
