package io.fingerpost.registry.health;

import io.fingerpost.contract.Sha256;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Peers that may have failed a client. A suspicion alone changes nothing but when they are looked at next. Bounded: what does not
 * fit is dropped. Safe for use by many threads, on I/O threads too: nobody waits.
 */
public final class Suspicions {
    private static final int MOST = 1_000;

    /**
     * A peer that may have failed.
     *
     * @param mark of the peer, as {@link io.fingerpost.registry.store.Peer#mark}
     * @param digest what was wanted of it
     * @param piece which piece of that; -1 if that is not known
     */
    record Suspicion(int mark, Sha256 digest, int piece) {}

    private final Set<Suspicion> waiting = ConcurrentHashMap.newKeySet();

    /** A client was failed by a peer, it seems. */
    public void suspect(int mark, Sha256 digest) {
        suspect(mark, digest, -1);
    }

    void suspect(int mark, Sha256 digest, int piece) {
        if (waiting.size() < MOST) {
            waiting.add(new Suspicion(mark, digest, piece));
        }
    }

    /** Takes some of them out. */
    List<Suspicion> drain(int most) {
        var taken = new ArrayList<Suspicion>();
        for (var each = waiting.iterator(); taken.size() < most && each.hasNext();) {
            taken.add(each.next());
            each.remove();
        }
        return taken;
    }
}
