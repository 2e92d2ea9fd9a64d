package io.fingerpost.contract.api;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import java.util.List;
import java.util.Optional;

/**
 * Pieces that a peer is to take from one source, each for itself and at once, as soon as those before it are there.
 *
 * @param digest of the representation
 * @param from the peer that has them; empty: they may be taken from the origin, by a range request to the broker
 * @param url of the representation at that peer, with a ticket; empty for the origin
 * @param pieces at least one
 */
public record Order(Sha256 digest, Optional<PeerId> from, Optional<String> url, List<Integer> pieces) {
    public Order {
        pieces = List.copyOf(pieces);
        if (from.isPresent() != url.isPresent()) {
            throw new IllegalArgumentException("a peer and its URL belong together");
        }
    }
}
