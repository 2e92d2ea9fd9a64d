package io.fingerpost.registry.store;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.Interleavings;
import java.time.Instant;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The store under writers and readers. What a call wrote every later one sees; but a call that changes several things lets readers,
 * who take no lock, see one of them before the other. So what is linearizable is each by itself: the holders of a digest, a
 * peer and its lease, and everything that is read under the lock.
 */
@Tag("lincheck")
class MemoryStoreConcurrencyTest {
    private static final Instant START = Instant.EPOCH;

    private static Sha256 digest(int number) {
        return Sha256.digestOf(new byte[] {(byte) number});
    }

    private static Peer peer(int number) {
        return RegistryStoreContract.peer(number, START.plusMillis(10));
    }

    private static PieceSet pieces(int number) {
        return PieceSet.of(4, BitSet.valueOf(new byte[] {(byte) number}));
    }

    /** Who holds a digest, as clients are sent there. */
    @Param(name = "peer", gen = IntGen.class, conf = "0:1")
    @Param(name = "pieces", gen = IntGen.class, conf = "0:3")
    public static class OneDigest {
        private static final Sha256 MAP = digest(1);

        private final MemoryStore store = new MemoryStore();

        private final Peer[] peers = {peer(0), peer(1)};
        private final PieceSet[] sets = {PieceSet.of(4, new BitSet()), PieceSet.all(4), pieces(1), pieces(2)};

        public OneDigest() {
            store.admit(peers[0]);
            store.admit(peers[1]);
        }

        @Operation
        public void admit(@Param(name = "peer") int peer) {
            store.admit(peers[peer]);
        }

        @Operation
        public void remove(@Param(name = "peer") int peer) {
            store.remove(peers[peer].id());
        }

        /** An empty set withdraws the digest. */
        @Operation
        public boolean hold(@Param(name = "peer") int peer, @Param(name = "pieces") int pieces) {
            return store.hold(peers[peer].id(), MAP, sets[pieces]);
        }

        /** Four bits for each peer: whether it is there, and whether it holds the first and the second piece. */
        @Operation
        public int holders() {
            int told = 0;
            for (Holder holder : store.holders(MAP).all()) {
                int one = 4 | (holder.holds(0, 0) ? 1 : 0) | (holder.holds(1, 1) ? 2 : 0);
                told += holder.peer() == peers[0] ? one : one << 4;
            }
            return told;
        }
    }

    /** A peer whose lease has run out when it is swept, unless it was renewed before. */
    public static class OnePeer {
        private final MemoryStore store = new MemoryStore();
        /** The same one as often as it may come. */
        private final Peer[] peers = {peer(1), peer(1), peer(1), peer(1), peer(1), peer(1), peer(1), peer(1), peer(1),
                peer(1)};
        private final PeerId id = peers[0].id();
        private final AtomicInteger coming = new AtomicInteger();

        public OnePeer() {
            admit();
        }

        @Operation
        public void admit() {
            store.admit(peers[coming.getAndIncrement()]);
        }

        @Operation
        public boolean renew() {
            return store.renew(id, START.plusMillis(11));
        }

        @Operation
        public int sweep() {
            return store.removeExpired(START.plusMillis(10));
        }

        @Operation
        public boolean isThere() {
            return store.find(id).isPresent();
        }
    }

    /** What writers know of each other: one peer's updates, one of which began before another ended. */
    @Param(name = "digest", gen = IntGen.class, conf = "0:1")
    public static class OnePeersHoldings {
        private final MemoryStore store = new MemoryStore();
        private final Peer peer = peer(1);
        private final Sha256[] digests = {digest(0), digest(1)};

        public OnePeersHoldings() {
            store.admit(peer);
        }

        @Operation
        public void hold(@Param(name = "digest") int digest) {
            store.hold(peer.id(), digests[digest], PieceSet.all(4));
        }

        @Operation
        public void drop(@Param(name = "digest") int digest) {
            store.hold(peer.id(), digests[digest], PieceSet.of(4, new BitSet()));
        }

        @Operation
        public boolean holds(@Param(name = "digest") int digest) {
            return store.holds(peer.id(), digests[digest]);
        }

        @Operation
        public int count() {
            return store.holdingsOf(peer.id());
        }

        @Validate
        public void allThatIsKnownOfThemAgrees() {
            int count = 0;
            int found = 0;
            for (Sha256 digest : digests) {
                count += store.holds(peer.id(), digest) ? 1 : 0;
                found += store.holders(digest).count();
            }
            if (count != found || count != store.holdingsOf(peer.id()) || count != store.holdingCount()) {
                throw new AssertionError(count + " " + found + " " + store.holdingsOf(peer.id()));
            }
        }
    }

    @Test
    void holdersOfADigestAreThoseOfOneMoment() {
        Interleavings.check(OneDigest.class);
    }

    @Test
    void aLeaseThatWasRenewedInTimeIsNotSwept() {
        Interleavings.check(OnePeer.class);
    }

    @Test
    void writersSeeAllOfEachOther() {
        Interleavings.check(OnePeersHoldings.class);
    }
}
