package io.fingerpost.broker.choice;

import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.store.Peer;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Remembers which peers the clients of each network were sent to last, if to any, so that no stranger sees too much of what they
 * fetch.
 *
 * <p>Safe for use by many threads, and takes no lock: networks share a table of fixed size, in which a later one may push an
 * earlier one out.
 */
public final class NetworkShares {
    /** Of so many last requests of a network for what peers hold, a peer may have a share. */
    public static final int REMEMBERED = 16;
    private static final int NOBODY = 0;
    private static final int NETWORKS = 1 << 15;
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private final int most;
    private final AtomicReferenceArray<Seen> table = new AtomicReferenceArray<>(NETWORKS);

    /** The last requests of one network: the peers' marks in a ring, and after them how many there were. */
    private record Seen(long network, AtomicIntegerArray ring) {
        Seen(long network) {
            this(network, new AtomicIntegerArray(REMEMBERED + 1));
        }
    }

    /** @param percent of a network's requests that one peer serves at most; 100 for no limit */
    public NetworkShares(int percent) {
        this.most = percent >= 100 ? REMEMBERED : Math.max(1, REMEMBERED * percent / 100);
    }

    /** Whether {@code peer} has had its share of the last requests of clients at {@code place}. */
    boolean hasSeenEnough(Peer peer, Place place) {
        if (most == REMEMBERED) {
            return false;
        }
        Seen seen = table.getPlain(slot(place.network()));
        if (seen == null || seen.network != place.network()) {
            return false;
        }
        int times = 0;
        for (int i = 0; i < REMEMBERED; i++) {
            times += seen.ring.getPlain(i) == mark(peer) ? 1 : 0;
        }
        return times >= most;
    }

    /** A client at {@code place} was sent to {@code peer}. */
    public void note(Peer peer, Place place) {
        note(mark(peer), place);
    }

    /** A client at {@code place} wanted what peers hold, and was sent to none of them. */
    public void noteNobody(Place place) {
        note(NOBODY, place);
    }

    private void note(int mark, Place place) {
        if (most == REMEMBERED) {
            return;
        }
        int slot = slot(place.network());
        Seen seen = table.get(slot);
        if (seen == null || seen.network != place.network()) {
            seen = new Seen(place.network());
            table.set(slot, seen);
        }
        int turn = seen.ring.getAndIncrement(REMEMBERED);
        seen.ring.set(Math.floorMod(turn, REMEMBERED), mark);
    }

    private static int slot(long network) {
        return (int) (network * SPREAD >>> Long.SIZE - Integer.numberOfTrailingZeros(NETWORKS));
    }

    /** Never {@link #NOBODY}. */
    private static int mark(Peer peer) {
        return (int) peer.seed() | 1;
    }
}
