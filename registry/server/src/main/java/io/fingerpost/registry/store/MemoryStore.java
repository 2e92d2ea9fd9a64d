package io.fingerpost.registry.store;

import static java.util.Objects.requireNonNull;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.locality.Place;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * Keeps everything in this process's memory: for each digest its holders, and for each peer what it holds. A holding takes
 * about 10 bytes in both together, and a digest some 80 ({@code deploy/bench/table}).
 *
 * <p>Writers take the one lock; readers take none.
 */
public final class MemoryStore implements RegistryStore {
    private final Map<PeerId, Entry> peers = new ConcurrentHashMap<>();
    private final Neighbours neighbours = new Neighbours();
    private final Holders nobody = new Holders(new Sha256(0, 0, 0, 0), neighbours);
    private final DigestTable holders = new DigestTable(nobody);
    private final LongAdder holdings = new LongAdder();
    private final LongAdder bitsPerSecond = new LongAdder();

    /** A peer in the table; {@code held} is only touched under the lock. */
    private record Entry(Peer peer, CompactSet<Holders> held) {
        Entry(Peer peer) {
            this(peer, new CompactSet<>(new Holders[0]));
        }
    }

    @Override
    public synchronized void admit(Peer peer) {
        Entry before = peers.put(peer.id(), new Entry(peer));
        if (before != null) {
            withdrawAll(before);
        }
        settle(peer);
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
        return Optional.ofNullable(peers.get(id)).map(Entry::peer);
    }

    @Override
    public synchronized boolean renew(PeerId id, Instant until) {
        Entry entry = peers.get(id);
        if (entry == null) {
            return false;
        }
        entry.peer.renewUntil(until);
        return true;
    }

    @Override
    public synchronized boolean hold(PeerId id, Sha256 digest, PieceSet pieces) {
        Entry entry = peers.get(id);
        if (entry == null) {
            return false;
        }
        if (pieces.isEmpty()) {
            Holders row = holders.find(digest);
            if (row != null && entry.held.remove(row) != null) {
                withdraw(entry.peer, row);
            }
        } else {
            Holders known = holders.find(digest);
            Holders row = known == null ? new Holders(digest, neighbours) : known;
            entry.held.put(row);
            if (row.add(Holder.of(entry.peer, pieces))) {
                holdings.increment();
            }
            if (known == null) {
                holders.add(row);
            }
        }
        return true;
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
        bitsPerSecond.add(-entry.peer.uploads().budget().bitsPerSecond());
        entry.held.forEach(row -> withdraw(entry.peer, row));
    }

    @Override
    public synchronized void remove(PeerId id) {
        Entry entry = peers.remove(id);
        if (entry != null) {
            withdrawAll(entry);
        }
    }

    @Override
    public synchronized int removeExpired(Instant now) {
        var expired = peers.values().stream().map(Entry::peer).filter(peer -> !peer.isLive(now)).toList();
        expired.forEach(peer -> remove(peer.id()));
        return expired.size();
    }

    /** Those who ask meanwhile find a peer far from them that is near, but do not miss it. */
    @Override
    public synchronized void relocate(Function<InetAddress, Place> locator) {
        for (Entry entry : peers.values()) {
            Peer peer = entry.peer;
            Place place = locator.apply(peer.address());
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

    @Override
    public int peerCount() {
        return peers.size();
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
