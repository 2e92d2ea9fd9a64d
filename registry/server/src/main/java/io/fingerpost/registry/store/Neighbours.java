package io.fingerpost.registry.store;

import io.fingerpost.registry.locality.Place;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Peers by their own network. One thread at a time writes; readers take no lock. */
final class Neighbours {
    private static final Holder[] NOBODY = new Holder[0];

    private final Map<Long, CompactSet<Holder>> byNetwork = new ConcurrentHashMap<>();

    /** Those that share a public address with {@code place}. */
    @Nullable
    CompactSet<Holder> at(Place place) {
        return byNetwork.get(place.network());
    }

    void add(Peer peer) {
        byNetwork.computeIfAbsent(peer.place().network(), _ -> new CompactSet<>(NOBODY)).put(peer);
    }

    void remove(Peer peer) {
        byNetwork.computeIfPresent(peer.place().network(), (_, peers) -> {
            peers.remove(peer);
            return peers.size() == 0 ? null : peers;
        });
    }
}
