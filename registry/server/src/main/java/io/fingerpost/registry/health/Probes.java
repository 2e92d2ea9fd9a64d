package io.fingerpost.registry.health;

import io.fingerpost.contract.Representation;
import io.fingerpost.registry.store.Peer;

/** The ways to find out how a peer is. Both wait for its answer, for a bounded time. */
public interface Probes {
    /** Has the endpoint prove itself once more. */
    Outcome prove(Peer peer);

    /** Fetches a piece and checks it. */
    Outcome fetch(Peer peer, Representation representation, int piece);
}
