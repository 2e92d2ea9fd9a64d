package io.fingerpost.registry;

import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.store.RegistryStore;
import java.util.stream.Collectors;

/** How much peers may announce: each of them, and all together as much as this process has memory for. */
final class HoldingsRoom {
    /** For one whose endpoint has not proved itself: registering many of these costs nothing. */
    private static final int MOST_UNPROVED = 1_000;
    /** A holding takes about 100 bytes if nobody else holds the same. */
    private static final int BYTES_EACH = 128;
    /** Of the incomplete sets of one peer: for a hundred of the largest representations, or thousands of ordinary ones. */
    private static final long MOST_PART_BYTES = 1 << 20;
    /** Of the memory, what all incomplete sets may take. */
    private static final int PARTS_SHARE = 16;

    private final int mostPerPeer;
    private final RegistryStore store;
    private final long mostInAll;
    private final long mostPartBytesInAll;

    /** @param memory bytes that this process may have */
    HoldingsRoom(int mostPerPeer, RegistryStore store, long memory) {
        this.mostPerPeer = mostPerPeer;
        this.store = store;
        this.mostInAll = memory / BYTES_EACH;
        this.mostPartBytesInAll = memory / PARTS_SHARE;
    }

    /** @throws RequestRejected 429 if there is no room for all of it */
    void require(Peer peer, HoldingsUpdate update) {
        requireOwnRoom(peer, update);
        if (update.hold().isEmpty()) {
            return;
        }
        if (store.holdingCount() + update.hold().size() > mostInAll) {
            throw full("this registry has memory for " + mostInAll + " holdings");
        }
        long parts = update.hold().stream().filter(held -> !held.pieces().isComplete())
                .mapToLong(held -> held.pieces().count() / Byte.SIZE).sum();
        if (parts > 0 && (update.anew() ? 0 : store.partBytesOf(peer.id())) + parts > MOST_PART_BYTES) {
            throw full("a peer's incomplete sets of pieces may have " + MOST_PART_BYTES + " bytes here");
        }
        if (parts > 0 && store.partBytes() + parts > mostPartBytesInAll) {
            throw full("this registry has memory for " + mostPartBytesInAll + " bytes of incomplete sets of pieces");
        }
    }

    private void requireOwnRoom(Peer peer, HoldingsUpdate update) {
        int most = peer.admission().isProved() ? mostPerPeer : Math.min(mostPerPeer, MOST_UNPROVED);
        int room = most - (update.anew() ? 0 : store.holdingsOf(peer.id()));
        if (update.hold().size() <= room) {
            return; // nearly always, and without a look at each
        }
        var held = update.hold().stream().map(HoldingsUpdate.Held::digest).collect(Collectors.toSet());
        long more = held.stream().filter(digest -> update.anew() || !store.holds(peer.id(), digest)).count();
        long less = update.anew()
                ? 0
                : update.drop().stream().distinct()
                        .filter(digest -> !held.contains(digest) && store.holds(peer.id(), digest)).count();
        if (more - less > Math.max(0, room)) {
            throw full("a peer may hold up to " + most + " representations here");
        }
    }

    private static RequestRejected full(String detail) {
        return new RequestRejected(429, "too-many-holdings", detail);
    }
}
