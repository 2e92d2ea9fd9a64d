package io.fingerpost.registry.store;

import static java.util.Objects.requireNonNull;

import io.fingerpost.contract.HoldingsChecksum;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.registry.locality.Place;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps everything in this process's memory: for each digest its holders, and for each peer what it holds. A holding takes
 * about 10 bytes in both together, and a digest some 80 ({@code deploy/bench/table}).
 *
 * <p>Writers take the one lock; readers take none.
 */
@SuppressWarnings("ReferenceEquality") // another lease is another peer
public final class MemoryStore implements RegistryStore {
    private static final long PART_OVERHEAD = 64;
    /** Cells of the table that are shown under the lock at a time. */
    private static final int ROWS = 64;

    private final Map<PeerId, Entry> peers = new ConcurrentHashMap<>();
    private final Neighbours neighbours = new Neighbours();
    private final Holders nobody = new Holders(new Sha256(0, 0, 0, 0), neighbours);
    private final DigestTable holders = new DigestTable(nobody);
    private final Census census = new Census();
    private final LongAdder holdings = new LongAdder();
    private final LongAdder bitsPerSecond = new LongAdder();
    private final LongAdder partBytes = new LongAdder();

    /** A peer in the table, and what it holds, which is only touched under the lock. */
    static final class Entry {
        private static final Holders[] NOTHING = new Holders[0];

        final Peer peer;
        CompactSet<Holders> held;
        volatile long checksum;
        /** What its sets of pieces take, without those that are complete. */
        volatile long partBytes;

        Entry(Peer peer) {
            this.peer = peer;
            this.held = new CompactSet<>(NOTHING);
        }

        void clear() {
            held = new CompactSet<>(NOTHING);
            checksum = 0;
            partBytes = 0;
        }
    }

    @Override
    public synchronized void admit(Peer peer) {
        Entry before = peers.put(peer.id(), new Entry(peer));
        if (before != null) {
            withdrawAll(before);
        }
        settle(peer);
        census.add(peer.admission());
        bitsPerSecond.add(peer.uploads().budget().bitsPerSecond());
    }

    /** Holders of a thing are kept by network only where these are large: else that would take more memory than all the rest. */
    private void settle(Peer peer) {
        CompactSet<Holder> grown = neighbours.add(peer) ? neighbours.at(peer.place()) : null;
        if (grown != null) {
            grown.forEach(each -> requireNonNull(peers.get(each.peer().id())).held
                    .forEach(row -> row.takePlace(each.peer())));
        }
    }

    @Override
    public Optional<Peer> find(PeerId id) {
        return Optional.ofNullable(peers.get(id)).map(entry -> entry.peer);
    }

    /** Waits for no other writer, but for {@link #removeExpired} of this very peer. */
    @Override
    public boolean renew(PeerId id, Instant until) {
        return peers.computeIfPresent(id, (_, entry) -> {
            entry.peer.renewUntil(until);
            return entry;
        }) != null;
    }

    @Override
    public synchronized boolean update(Peer peer, HoldingsUpdate update) {
        Entry entry = entry(peer);
        return entry != null && update(entry, update);
    }

    /** Null if the peer is not there any more, or anew. */
    private @Nullable Entry entry(Peer peer) {
        Entry entry = peers.get(peer.id());
        return entry != null && entry.peer == peer ? entry : null;
    }

    private boolean update(Entry entry, HoldingsUpdate update) {
        if (update.anew()) {
            partBytes.add(-entry.partBytes);
            entry.held.forEach(row -> withdraw(entry.peer, row));
            entry.clear();
        }
        update.drop().forEach(digest -> drop(entry, digest));
        List<Held> hold = update.hold();
        entry.held.expect(hold.size());
        @Nullable
        Holders[] rows = new @Nullable Holders[hold.size()];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = holders.find(hold.get(i).digest()); // by itself, so that the processor waits for many of them at a time
        }
        for (int i = 0; i < rows.length; i++) {
            Sha256 digest = hold.get(i).digest();
            Holders known = rows[i];
            hold(entry, known == null ? row(digest) : known, digest, hold.get(i).pieces());
        }
        return true;
    }

    private Holders row(Sha256 digest) {
        Holders known = holders.find(digest); // it may be in the same update twice
        if (known != null) {
            return known;
        }
        var row = new Holders(digest, neighbours);
        holders.add(row);
        return row;
    }

    private void drop(Entry entry, Sha256 digest) {
        Holders row = holders.find(digest);
        if (row != null && entry.held.remove(row) != null) {
            forget(entry, row);
            withdraw(entry.peer, row);
        }
    }

    private void hold(Entry entry, Holders row, Sha256 digest, PieceSet pieces) {
        if (entry.held.put(row)) {
            holdings.increment();
        } else {
            forget(entry, row);
        }
        entry.checksum ^= HoldingsChecksum.of(digest, pieces);
        count(entry, partBytes(pieces));
        row.add(Holder.of(entry.peer, pieces));
    }

    /** Takes what is known of a holding out of the sums. */
    private void forget(Entry entry, Holders row) {
        if (row.find(entry.peer) instanceof PartialHolder part) {
            entry.checksum ^= HoldingsChecksum.of(row.digest(), part.pieces());
            count(entry, -partBytes(part.pieces()));
        } else {
            entry.checksum ^= HoldingsChecksum.ofComplete(row.digest());
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    private void count(Entry entry, long bytes) {
        entry.partBytes += bytes;
        partBytes.add(bytes);
    }

    private static long partBytes(PieceSet pieces) {
        return pieces.isComplete() ? 0 : PART_OVERHEAD + pieces.count() / Byte.SIZE;
    }

    private void withdraw(Peer peer, Holders row) {
        if (row.withdraw(peer)) {
            holdings.decrement();
        }
        if (row.count() == 0) {
            holders.remove(row);
        }
    }

    private void withdrawAll(Entry entry) {
        neighbours.remove(entry.peer);
        census.remove(entry.peer.admission());
        bitsPerSecond.add(-entry.peer.uploads().budget().bitsPerSecond());
        partBytes.add(-entry.partBytes);
        entry.held.forEach(row -> withdraw(entry.peer, row));
    }

    @Override
    public synchronized boolean remove(Peer peer) {
        Entry entry = entry(peer);
        if (entry != null) {
            peers.remove(peer.id());
            withdrawAll(entry);
        }
        return entry != null;
    }

    @Override
    public int removeExpired(Instant now) {
        return expire(now).size();
    }

    /** Removes every peer whose lease has run out; which these were. */
    public List<PeerId> expire(Instant now) {
        return expire(peer -> !peer.isLive(now));
    }

    /** Removes every peer whose lease has run out long enough ago; which these were. */
    public synchronized List<PeerId> expire(Predicate<Peer> hasRunOut) {
        var expired = peers.values().stream().filter(entry -> hasRunOut.test(entry.peer))
                .filter(entry -> end(entry, hasRunOut)).toList();
        expired.forEach(this::withdrawAll);
        return expired.stream().map(entry -> entry.peer.id()).toList();
    }

    /** Takes a peer out, unless its lease was renewed meanwhile. */
    private boolean end(Entry entry, Predicate<Peer> hasRunOut) {
        return peers.computeIfPresent(entry.peer.id(), (_, known) -> hasRunOut.test(known.peer) ? null : known) == null;
    }

    /** Those who ask meanwhile find a peer far from them that is near, but do not miss it. */
    @Override
    public synchronized void relocate(Function<InetAddress, Place> locator) {
        for (Entry entry : peers.values()) {
            Peer peer = entry.peer;
            Place place = locator.apply(peer.admission().address());
            if (!place.equals(peer.place())) {
                neighbours.remove(peer);
                entry.held.forEach(row -> row.leavePlace(peer));
                peer.moveTo(place);
                settle(peer);
                entry.held.forEach(row -> row.takePlace(peer));
            }
        }
    }

    @Override
    public Holders holders(Sha256 digest) {
        Holders known = holders.find(digest);
        return known == null ? nobody : known;
    }

    @Override
    public synchronized boolean holds(PeerId id, Sha256 digest) {
        Entry entry = peers.get(id);
        Holders row = holders.find(digest);
        return entry != null && row != null && entry.held.find(row) != null;
    }

    @Override
    public synchronized int holdingsOf(PeerId id) {
        Entry entry = peers.get(id);
        return entry == null ? 0 : entry.held.size();
    }

    /** Who holds a representation, at one moment. */
    public record HeldBy(Sha256 digest, List<Holder> holders) {
        public HeldBy {
            holders = List.copyOf(holders);
        }
    }

    /**
     * Who holds what, some digests at a time. What changes meanwhile is shown as it was before, as it is now, or not at all.
     *
     * @return to be asked by one thread
     */
    public Iterator<List<HeldBy>> rows() {
        DigestTable.Rows all = holders.rows();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return !all.isAtEnd();
            }

            @Override
            public List<HeldBy> next() {
                return someOf(all);
            }
        };
    }

    private synchronized List<HeldBy> someOf(DigestTable.Rows all) {
        var some = new ArrayList<HeldBy>();
        all.show(ROWS, row -> {
            var members = new ArrayList<Holder>(row.count());
            row.forEach(members::add);
            some.add(new HeldBy(row.digest(), members));
        });
        return some;
    }

    /** Puts in what peers hold, digest by digest: many times as fast as peer by peer. */
    public Filling filling() {
        return new Filling(this);
    }

    /** To fill in what a peer holds; about so many things. Null if it is not known. */
    synchronized @Nullable Entry expect(PeerId id, int holdings) {
        Entry entry = peers.get(id);
        if (entry != null) {
            entry.held.expect(holdings);
        }
        return entry;
    }

    /** These hold all of something that none of them held so far. */
    synchronized void fill(Sha256 digest, Entry[] by) {
        Holders row = row(digest);
        var all = new Holder[by.length];
        long checksum = HoldingsChecksum.ofComplete(digest);
        for (int i = 0; i < by.length; i++) {
            all[i] = by[i].peer;
            if (by[i].held.put(row)) {
                holdings.increment();
            } else {
                forget(by[i], row); // it was told twice: dropped, and held again, while the snapshot was written
            }
            by[i].checksum ^= checksum;
        }
        row.addAll(all);
    }

    /** All peers. Of those that come or go meanwhile, some may be missing and some too many. */
    public Iterable<Peer> peers() {
        return () -> peers.values().stream().map(entry -> entry.peer).iterator();
    }

    @Override
    public long partBytesOf(PeerId id) {
        Entry entry = peers.get(id);
        return entry == null ? 0 : entry.partBytes;
    }

    @Override
    public long partBytes() {
        return partBytes.sum();
    }

    @Override
    public boolean isInSync(PeerId id, long said) {
        return checksumOf(id) == said;
    }

    /** The {@link HoldingsChecksum} of what the peer holds; 0 if it is not known. */
    public long checksumOf(PeerId id) {
        Entry entry = peers.get(id);
        return entry == null ? 0 : entry.checksum;
    }

    @Override
    public void forEachPeer(Consumer<Peer> consumer) {
        peers.values().forEach(entry -> consumer.accept(entry.peer));
    }

    @Override
    public synchronized Optional<Sha256> drawHolding(PeerId id, RandomGenerator random) {
        Entry entry = peers.get(id);
        if (entry == null || entry.held.size() == 0) {
            return Optional.empty();
        }
        Holders[] few = entry.held.few();
        Holders row = few == null ? entry.held.draw(random) : few[random.nextInt(few.length)];
        return Optional.ofNullable(row).map(Holders::digest);
    }

    @Override
    public int peerCount() {
        return peers.size();
    }

    @Override
    public Census census() {
        return census;
    }

    @Override
    public long bitsPerSecond() {
        return bitsPerSecond.sum();
    }

    @Override
    public long holdingCount() {
        return holdings.sum();
    }
}
