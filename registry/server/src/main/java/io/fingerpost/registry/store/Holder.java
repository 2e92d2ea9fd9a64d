package io.fingerpost.registry.store;

import io.fingerpost.contract.PieceSet;

/** A peer and what it holds of one representation. The peer itself stands for one that holds all of it. */
public sealed interface Holder extends CompactSet.Member permits Peer, PartialHolder {
    Peer peer();

    /** Whether it holds every piece from {@code first} to {@code last}, both included. */
    boolean holds(int first, int last);

    @Override
    default Object key() {
        return peer();
    }

    /** @param pieces of which it holds at least one */
    static Holder of(Peer peer, PieceSet pieces) {
        return pieces.isComplete() ? peer : new PartialHolder(peer, pieces);
    }
}
