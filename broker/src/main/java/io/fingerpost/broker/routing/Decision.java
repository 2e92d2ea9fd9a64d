package io.fingerpost.broker.routing;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.Representation;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.store.Peer;
import java.util.List;

/** What the broker does with one request. */
public sealed interface Decision {
    Reason reason();

    /**
     * Send the client to the first of {@code peers}; the others are alternates. Never empty.
     *
     * @param bytes that the peer will have to send
     * @param place of the client
     * @param tlsOnly whether the client can use nothing else
     */
    record Redirect(Representation representation, List<Peer> peers, long bytes, Place place, boolean tlsOnly)
            implements
                Decision {
        public Redirect {
            peers = List.copyOf(peers);
        }

        @Override
        public Reason reason() {
            return Reason.HELD;
        }

        /** Where the client reaches one of the peers. */
        public PeerEndpoint endpointOf(Peer peer) {
            return peer.endpointFor(place.isIpv6(), tlsOnly);
        }
    }

    /** Forward to the origin. */
    record Origin(Reason reason) implements Decision {}

    /** Send the client to the origin's public URL. */
    record PublicOrigin(Reason reason) implements Decision {}

    /**
     * Ask the origin whether {@code etag} is still that of the resource, then decide anew: peers hold what is known of it, but
     * that is no longer fresh.
     */
    record Revalidate(String etag) implements Decision {
        @Override
        public Reason reason() {
            return Reason.STALE;
        }
    }

    /** Answer with a client error; {@code detail} is safe to show. */
    record Reject(Reason reason, String detail) implements Decision {}
}
