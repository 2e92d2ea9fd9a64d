package io.fingerpost.broker.routing;

import io.fingerpost.contract.PeerId;
import io.fingerpost.registry.store.Peer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Picks from the peers that may serve a request: one to go to, and a few to fall back on, all by equal chance. */
public final class PeerChoice {
    /** The chosen peer and three alternates. */
    private static final int MOST = 4;

    private PeerChoice() {}

    /**
     * Up to four of {@code peers}, best first; leaves the list itself alone.
     *
     * @param used comes after the others, so that parts of one download come from different peers
     */
    public static List<Peer> choose(List<Peer> peers, List<PeerId> used, RandomGenerator random) {
        var chosen = new ArrayList<Peer>(MOST);
        if (!used.isEmpty()) {
            var fresh = peers.stream().filter(peer -> !used.contains(peer.id())).toList();
            draw(fresh, chosen, random);
        }
        draw(peers, chosen, random);
        return chosen;
    }

    /** Fills up {@code chosen} by lot. */
    private static void draw(List<Peer> from, List<Peer> chosen, RandomGenerator random) {
        var left = new ArrayList<>(from);
        left.removeAll(chosen);
        int wanted = Math.min(MOST - chosen.size(), left.size());
        for (int i = 0; i < wanted; i++) {
            int pick = random.nextInt(i, left.size());
            Peer peer = left.get(pick);
            left.set(pick, left.get(i));
            left.set(i, peer);
            chosen.add(peer);
        }
    }
}
