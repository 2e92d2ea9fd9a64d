package io.fingerpost.broker.choice;

import io.fingerpost.registry.locality.Tier;
import io.fingerpost.registry.store.Peer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The best few of the peers that were looked at, and how far the others came. For one decision, and sparing: two peers are enough
 * for most clients, so there are no lists before there is a third.
 */
class Ranking {
    private static final int RANK_BITS = 59;
    private static final Peer[] NOBODY = {};
    private static final long[] NO_RANKS = {};

    private @Nullable Peer best;
    private @Nullable Peer second;
    private @Nullable Exclusion farthest;
    private long bestRank;
    private long secondRank;
    /** From the third on. */
    private final Peer[] rest;
    private final long[] restRanks;

    /** @param most that are kept, at least 2 */
    Ranking(int most) {
        this.rest = most <= 2 ? NOBODY : new Peer[most - 2];
        this.restRanks = most <= 2 ? NO_RANKS : new long[most - 2];
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
    final void add(Peer peer, long rank) {
        if (peer == best || peer == second || isInRest(peer)) {
            return;
        }
        if (best == null || rank < bestRank) {
            addToRest(second, secondRank);
            second = best;
            secondRank = bestRank;
            best = peer;
            bestRank = rank;
        } else if (second == null || rank < secondRank) {
            addToRest(second, secondRank);
            second = peer;
            secondRank = rank;
        } else {
            addToRest(peer, rank);
        }
    }

    private boolean isInRest(Peer peer) {
        for (Peer known : rest) {
            if (known == peer) {
                return true;
            }
        }
        return false;
    }

    /** Moves those with a higher rank down by one; the last falls out. */
    private void addToRest(@Nullable Peer peer, long rank) {
        Peer moved = peer;
        long movedRank = rank;
        for (int i = 0; i < rest.length && moved != null; i++) {
            if (rest[i] == null || movedRank < restRanks[i]) {
                Peer next = rest[i];
                long nextRank = restRanks[i];
                rest[i] = moved;
                restRanks[i] = movedRank;
                moved = next;
                movedRank = nextRank;
            }
        }
    }

    final void exclude(Exclusion why) {
        if (farthest == null || why.compareTo(farthest) > 0) {
            farthest = why;
        }
    }

    /**
     * Whether peers of a tier are still of use: there is none that is as near and not overloaded, or the client wants more to fall
     * back on.
     */
    final boolean isOpenFor(Tier tier) {
        boolean settled = best != null && bestRank >>> RANK_BITS + 2 <= tier.distance();
        return !settled || rest.length > 0 && rest[rest.length - 1] == null;
    }

    /** The last obstacle that any peer met; null if none was excluded. */
    final @Nullable Exclusion farthest() {
        return farthest;
    }

    final @Nullable Peer best() {
        return best;
    }

    /** The one that is as much preferred as the best, so that the lesser load may decide between them; null if there is none. */
    final @Nullable Peer rival() {
        return second != null && bestRank >>> RANK_BITS == secondRank >>> RANK_BITS ? second : null;
    }

    final void swap() {
        Peer first = best;
        best = second;
        second = first;
    }

    /** The best first; those to fall back on only for clients that want them. */
    final List<Peer> inOrder() {
        if (best == null) {
            return List.of();
        }
        if (second == null || rest.length == 0) {
            return List.of(best);
        }
        var order = new ArrayList<Peer>(rest.length + 2);
        order.add(best);
        order.add(second);
        for (Peer peer : rest) {
            if (peer != null) {
                order.add(peer);
            }
        }
        return order;
    }
}
