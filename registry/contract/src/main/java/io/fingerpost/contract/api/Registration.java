package io.fingerpost.contract.api;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerKey;

/**
 * A peer asks to be known under an endpoint, which it proves to be its own before this is answered.
 *
 * @param key the peer's public key, which makes its id
 * @param endpoint where it serves
 */
public record Registration(PeerKey key, PeerEndpoint endpoint) {}
