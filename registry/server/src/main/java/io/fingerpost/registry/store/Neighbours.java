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

    /** Whether so many share it that a look at each would take too long. */
    boolean areMany(Place place) {
        var there = at(place);
        return there != null && there.few() == null;
    }

    /** Takes in a peer; whether that makes them many. */
    boolean add(Peer peer) {
        boolean wereMany = areMany(peer.place());
        byNetwork.computeIfAbsent(peer.place().network(), _ -> new CompactSet<>(NOBODY)).put(peer);
        return !wereMany && areMany(peer.place());
    }

    void remove(Peer peer) {
        byNetwork.computeIfPresent(peer.place().network(), (_, peers) -> {
            peers.remove(peer);
            return peers.size() == 0 ? null : peers;
        });
    }
}
