package io.fingerpost.registry.store;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps everything in this process's memory.
 *
 * <p>Writers take the one lock; readers take none: they see maps for concurrent use and lists that are never changed.
 */
public final class MemoryStore implements RegistryStore {
    private final Map<PeerId, Entry> peers = new ConcurrentHashMap<>();
    private final Map<Sha256, List<Held>> holders = new ConcurrentHashMap<>();
    private final LongAdder holdings = new LongAdder();

    /** A peer in the table; {@code held} is only touched under the lock. */
    private static final class Entry {
        private volatile Peer peer;
        private final Map<Sha256, PieceSet> held = new HashMap<>();

        Entry(Peer peer) {
            this.peer = peer;
        }
    }

    private record Held(Entry entry, PieceSet pieces) {}

    @Override
    public synchronized void admit(Peer peer) {
        Entry before = peers.put(peer.id(), new Entry(peer));
        if (before != null) {
            withdrawAll(before);
        }
    }

    @Override
    public Optional<Peer> find(PeerId id) {
        return Optional.ofNullable(peers.get(id)).map(entry -> entry.peer);
    }

    @Override
    public synchronized boolean renew(PeerId id, Instant until) {
        Entry entry = peers.get(id);
        if (entry == null) {
            return false;
        }
        entry.peer = entry.peer.renewedUntil(until);
        return true;
    }

    @Override
    public synchronized boolean hold(PeerId id, Sha256 digest, PieceSet pieces) {
        Entry entry = peers.get(id);
        if (entry == null) {
            return false;
        }
        if (pieces.isEmpty()) {
            withdraw(entry, digest);
        } else {
            holdings.add(entry.held.put(digest, pieces) == null ? 1 : 0);
            // In one step, so that no reader sees a moment in which the peer holds nothing of it.
            holders.compute(digest, (_, before) -> with(new Held(entry, pieces), before));
        }
        return true;
    }

    private static List<Held> with(Held added, @Nullable List<Held> before) {
        return before == null
                ? List.of(added)
                : Stream.concat(before.stream().filter(held -> held.entry != added.entry), Stream.of(added)).toList();
    }

    private void withdraw(Entry entry, Sha256 digest) {
        if (entry.held.remove(digest) != null) {
            holders.computeIfPresent(digest, (_, before) -> without(entry, before));
            holdings.decrement();
        }
    }

    private void withdrawAll(Entry entry) {
        List.copyOf(entry.held.keySet()).forEach(digest -> withdraw(entry, digest));
    }

    private static @Nullable List<Held> without(Entry entry, List<Held> before) {
        var rest = before.stream().filter(held -> held.entry != entry).toList();
        return rest.isEmpty() ? null : rest; // null takes the digest out of the map
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
        var expired = peers.values().stream().map(entry -> entry.peer).filter(peer -> !peer.isLive(now)).toList();
        expired.forEach(peer -> remove(peer.id()));
        return expired.size();
    }

    @Override
    public List<Holder> holders(Sha256 digest, Instant now) {
        var live = new ArrayList<Holder>();
        for (Held held : holders.getOrDefault(digest, List.of())) {
            Peer peer = held.entry.peer;
            if (peer.isLive(now)) {
                live.add(new Holder(peer, held.pieces));
            }
        }
        return live;
    }

    @Override
    public synchronized boolean holds(PeerId id, Sha256 digest) {
        Entry entry = peers.get(id);
        return entry != null && entry.held.containsKey(digest);
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
    public long holdingCount() {
        return holdings.sum();
    }
}
