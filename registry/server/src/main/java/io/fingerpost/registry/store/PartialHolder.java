package io.fingerpost.registry.store;

import io.fingerpost.contract.PieceSet;

/** A peer that holds some pieces of a representation. */
public record PartialHolder(Peer peer, PieceSet pieces) implements Holder {
    @Override
    public boolean holds(int first, int last) {
        return pieces.containsAll(first, last);
    }
}
