package io.fingerpost.contract.api;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.http.PriorityField;
import java.util.List;
import java.util.Optional;

/**
 * Pieces that a peer is to take from one source, each for itself and at once, as soon as those before it are there.
 *
 * @param digest of the representation
 * @param from the peer that has them; empty: they may be taken from the origin, by a range request to the broker
 * @param url of the representation at that peer, with a ticket; empty for the origin
 * @param pieces at least one
 * @param urgency how soon they are needed, since few have them: 0, the most urgent, to 7 (RFC 9218 §4.1); to be passed on to the source
 */
public record Order(Sha256 digest, Optional<PeerId> from, Optional<String> url, List<Integer> pieces, int urgency) {
    public Order {
        pieces = List.copyOf(pieces);
        if (urgency < 0 || urgency > PriorityField.LEAST_URGENT) {
            throw new IllegalArgumentException("an urgency is 0 to " + PriorityField.LEAST_URGENT);
        }
        if (from.isPresent() != url.isPresent()) {
            throw new IllegalArgumentException("a peer and its URL belong together");
        }
    }
}
