package io.fingerpost.registry.store;

import io.fingerpost.contract.PieceSet;

/** A live peer and what it holds of one representation. */
public record Holder(Peer peer, PieceSet pieces) {}
