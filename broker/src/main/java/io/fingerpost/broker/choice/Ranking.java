package io.fingerpost.broker.choice;

import io.fingerpost.registry.locality.Tier;
import io.fingerpost.registry.store.Peer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The best few of the peers that were looked at, and how far the others came. For one decision. */
final class Ranking {
    private static final int RANK_BITS = 59;

    private final Peer[] peers;
    private final long[] ranks;
    private int count;
    private @Nullable Exclusion farthest;

    /** @param most that are kept */
    Ranking(int most) {
        this.peers = new Peer[most];
        this.ranks = new long[most];
    }

    /**
     * A rank: first by preference, then by lot.
     *
     * @param preference 0 to 15, lower is better
     * @param lot positive, lower is better
     */
    static long rank(int preference, double lot) {
        return (long) preference << RANK_BITS | Double.doubleToRawLongBits(lot) >>> Long.SIZE - RANK_BITS;
    }

    /** Takes in a peer, unless it is among them already. */
    void add(Peer peer, long rank) {
        int at = count;
        while (at > 0 && ranks[at - 1] > rank) {
            at--;
        }
        if (at == peers.length || contains(peer)) {
            return;
        }
        int moved = Math.min(count, peers.length - 1) - at;
        System.arraycopy(peers, at, peers, at + 1, moved);
        System.arraycopy(ranks, at, ranks, at + 1, moved);
        peers[at] = peer;
        ranks[at] = rank;
        count = Math.min(count + 1, peers.length);
    }

    private boolean contains(Peer peer) {
        for (int i = 0; i < count; i++) {
            if (peers[i] == peer) {
                return true;
            }
        }
        return false;
    }

    void exclude(Exclusion why) {
        if (farthest == null || why.compareTo(farthest) > 0) {
            farthest = why;
        }
    }

    /**
     * Whether peers of a tier are still of use: there is none that is as near and not overloaded, or the client wants more to fall
     * back on.
     */
    boolean isOpenFor(Tier tier) {
        boolean settled = count > 0 && ranks[0] >>> RANK_BITS + 2 <= tier.distance();
        return !settled || count < peers.length && peers.length > 2;
    }

    /** The last obstacle that any peer met; null if none was excluded. */
    @Nullable
    Exclusion farthest() {
        return farthest;
    }

    /** Whether the first two are equally preferred, so that the lesser load may decide between them. */
    boolean isUndecided() {
        return count > 1 && ranks[0] >>> RANK_BITS == ranks[1] >>> RANK_BITS;
    }

    Peer first() {
        return peers[0];
    }

    Peer second() {
        return peers[1];
    }

    void swapFirst() {
        Peer first = peers[0];
        peers[0] = peers[1];
        peers[1] = first;
    }

    List<Peer> best() {
        return switch (count) {
            case 0 -> List.of();
            case 1 -> List.of(peers[0]);
            case 2 -> List.of(peers[0], peers[1]);
            default -> List.of(Arrays.copyOf(peers, count));
        };
    }
}
