package io.fingerpost.registry.durable;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.registry.TestAdmissions;
import io.fingerpost.registry.admission.Reach;
import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.change.Codec;
import io.fingerpost.registry.store.Holder;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a table tells of itself makes the same table again. */
class SnapshotTest {
    private static final Sha256 EVERYBODYS = digest(1);
    private static final Sha256 MANYS = digest(2);
    private static final Sha256 FEWS = digest(3);
    private static final Sha256 PARTLY = digest(4);
    private static final PieceSet SOME = PieceSet.of(9, new byte[] {5});

    private final Kept kept = new Kept(new MemoryStore(), StoreFixture.newRepresentations());
    private final List<Peer> peers = IntStream.range(0, 2_500).mapToObj(SnapshotTest::peer).toList();

    SnapshotTest() {
        peers.forEach(kept.table::admit);
        hold(EVERYBODYS, PieceSet.all(9), _ -> true); // more than are told at a time
        hold(MANYS, PieceSet.all(9), n -> n < 40);
        hold(FEWS, PieceSet.all(9), n -> n < 5);
        hold(PARTLY, SOME, n -> n % 100 == 0);
        hold(PARTLY, PieceSet.all(9), n -> n % 100 == 1);
        hold(EVERYBODYS, SOME, n -> n == 7);
    }

    private static Peer peer(int number) {
        var id = new PeerId(Sha256.digestOf(ByteBuffer.allocate(4).putInt(number).array()).base64Url());
        return StoreFixture.peer(id, TestAdmissions.of(new PeerEndpoint("http", "192.0.2.1", 8080), false, Reach.IPV4,
                new UploadBudget(8_000_000, 4, 0)));
    }

    private static Sha256 digest(int number) {
        return Sha256.digestOf(new byte[] {(byte) number});
    }

    private void hold(Sha256 digest, PieceSet pieces, IntPredicate who) {
        IntStream.range(0, peers.size()).filter(who)
                .forEach(n -> kept.table.hold(peers.get(n).id(), digest, pieces));
    }

    private List<byte[]> told() throws IOException {
        var told = new ArrayList<byte[]>();
        kept.tell(change -> told.add(Codec.encode(change)), 0);
        told.add(Codec.encode(new Change.Ended()));
        return told;
    }

    private static MemoryStore madeOf(List<byte[]> told) {
        var copy = new Kept(new MemoryStore(), StoreFixture.newRepresentations());
        told.forEach(bytes -> copy.apply(Codec.decode(ByteBuffer.wrap(bytes)), StoreFixture::peer));
        return copy.table;
    }

    private static List<String> holders(MemoryStore table, Sha256 digest) {
        return table.holders(digest).live(Instant.EPOCH.minusSeconds(1)).stream()
                .map(SnapshotTest::told).sorted().toList();
    }

    private static String told(Holder holder) {
        return holder.peer().id().value() + " " + holder.holds(0, 0) + holder.holds(1, 1) + holder.holds(0, 8);
    }

    @Test
    void everyHoldingIsThereAgain() throws IOException {
        MemoryStore copy = madeOf(told());

        assertThat(copy.peerCount()).isEqualTo(2_500);
        assertThat(copy.holdingCount()).isEqualTo(kept.table.holdingCount()).isEqualTo(2_500 + 40 + 5 + 50);
        for (Sha256 digest : List.of(EVERYBODYS, MANYS, FEWS, PARTLY)) {
            assertThat(holders(copy, digest)).isEqualTo(holders(kept.table, digest)).isNotEmpty();
        }
        assertThat(peers).allMatch(peer -> copy.checksumOf(peer.id()) == kept.table.checksumOf(peer.id())
                && copy.holdingsOf(peer.id()) == kept.table.holdingsOf(peer.id()));
    }

    @Test
    void whatIsThereAgainCanBeChanged() throws IOException {
        MemoryStore copy = madeOf(told());

        kept.table.remove(peers.get(3).id());
        copy.remove(peers.get(3).id());
        copy.hold(peers.get(4).id(), FEWS, SOME);
        kept.table.hold(peers.get(4).id(), FEWS, SOME);

        for (Sha256 digest : List.of(EVERYBODYS, MANYS, FEWS, PARTLY)) {
            assertThat(holders(copy, digest)).isEqualTo(holders(kept.table, digest)).isNotEmpty();
        }
        assertThat(copy.checksumOf(peers.get(4).id())).isEqualTo(kept.table.checksumOf(peers.get(4).id()));
    }

    /** A peer whose admission is lost is missing, and what the others hold is theirs all the same. */
    @Test
    void whatIsLostTakesNothingElseAlong() throws IOException {
        var told = told();
        told.removeIf(bytes -> Codec.decode(ByteBuffer.wrap(bytes)) instanceof Change.Admitted(var id, _)
                && id.equals(peers.get(2).id()));

        MemoryStore copy = madeOf(told);

        assertThat(copy.peerCount()).isEqualTo(2_499);
        assertThat(holders(copy, FEWS)).hasSize(4).isSubsetOf(holders(kept.table, FEWS));
        assertThat(copy.holdingCount()).isEqualTo(kept.table.holdingCount() - 3);
    }

    @Test
    void theTableMayGrowWhileItIsTold() throws IOException {
        var early = IntStream.range(0, 5_000).mapToObj(SnapshotTest::other).toList();
        early.forEach(digest -> kept.table.hold(peers.get(1).id(), digest, PieceSet.all(9)));
        var copy = new Kept(new MemoryStore(), StoreFixture.newRepresentations());
        int[] told = {0};

        kept.tell(change -> {
            if (change instanceof Change.Rows) {
                told[0]++;
                for (int i = 0; i < 2_000; i++) {
                    kept.table.hold(peers.getFirst().id(), other(told[0] * 10_000 + i), SOME);
                }
            }
            copy.apply(change, StoreFixture::peer);
        }, 0);

        assertThat(told[0]).isGreaterThan(5);
        assertThat(early).allMatch(digest -> copy.table.holders(digest).count() == 1);
        for (Sha256 digest : List.of(EVERYBODYS, MANYS, FEWS, PARTLY)) {
            assertThat(holders(copy.table, digest)).isEqualTo(holders(kept.table, digest));
        }
    }

    /** The journal has what changes meanwhile; made after the snapshot, it leads to the same table. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverChangesMeanwhileComesOutRight(long seed) throws IOException {
        var random = new Random(seed);
        var digests = IntStream.range(0, 2_000).mapToObj(SnapshotTest::other).toList();
        digests.forEach(digest -> kept.table.hold(peers.get(random.nextInt(50)).id(), digest, PieceSet.all(9)));
        var copy = new Kept(new MemoryStore(), StoreFixture.newRepresentations());
        var journal = new ArrayList<Change>();

        kept.tell(change -> {
            for (int i = 0; i < 300 && change instanceof Change.Rows; i++) {
                Change meanwhile = random(random, digests);
                kept.apply(meanwhile, StoreFixture::peer);
                journal.add(meanwhile);
            }
            copy.apply(change, StoreFixture::peer);
        }, 0);
        journal.forEach(change -> copy.apply(change, StoreFixture::peer));

        assertThat(journal.size()).isGreaterThan(500);
        assertThat(copy.table.peerCount()).isEqualTo(kept.table.peerCount());
        assertThat(digests).allMatch(digest -> holders(copy.table, digest).equals(holders(kept.table, digest)));
        assertThat(peers).allMatch(peer -> copy.table.checksumOf(peer.id()) == kept.table.checksumOf(peer.id())
                && copy.table.holdingsOf(peer.id()) == kept.table.holdingsOf(peer.id())
                && copy.table.partBytesOf(peer.id()) == kept.table.partBytesOf(peer.id()));
        assertThat(copy.table.holdingCount()).isEqualTo(kept.table.holdingCount());
        assertThat(copy.table.partBytes()).isEqualTo(kept.table.partBytes());
    }

    private Change random(Random random, List<Sha256> digests) {
        Peer peer = peers.get(random.nextInt(50));
        Sha256 digest = digests.get(random.nextInt(digests.size()));
        return switch (random.nextInt(40)) {
            case 0 -> new Change.Removed(peer.id());
            case 1 -> new Change.Admitted(peer.id(), peer.admission());
            case 2 -> new Change.Told(peer.id(), new HoldingsUpdate(true, List.of(new Held(digest, SOME)), List.of()));
            default -> new Change.Told(peer.id(), random.nextBoolean()
                    ? new HoldingsUpdate(List.of(), List.of(digest))
                    : new HoldingsUpdate(List.of(new Held(digest, random.nextBoolean() ? SOME : PieceSet.all(9))),
                            List.of()));
        };
    }

    private static Sha256 other(int number) {
        return Sha256.digestOf(ByteBuffer.allocate(8).putInt(number).array());
    }
}
