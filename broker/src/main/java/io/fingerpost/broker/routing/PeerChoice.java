package io.fingerpost.broker.routing;

import io.fingerpost.registry.store.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Picks from the peers that may serve a request: one to go to, and a few to fall back on, all by equal chance. */
public final class PeerChoice {
    /** The chosen peer and three alternates. */
    private static final int MOST = 4;

    private PeerChoice() {}

    /** Up to four of {@code peers}, best first; leaves the list itself alone. */
    public static List<Peer> choose(List<Peer> peers, RandomGenerator random) {
        var left = new ArrayList<>(peers);
        int wanted = Math.min(MOST, left.size());
        for (int i = 0; i < wanted; i++) {
            int pick = random.nextInt(i, left.size());
            Peer chosen = left.get(pick);
            left.set(pick, left.get(i));
            left.set(i, chosen);
        }
        return left.subList(0, wanted);
    }
}
