package io.fingerpost.broker.edge;

import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.store.Peer;
import java.time.Duration;
import java.time.InstantSource;

/** Makes the URLs under which peers serve, each with a ticket. */
public final class PeerUrls {
    private final Duration ticketTtl;
    private final InstantSource clock;

    public PeerUrls(Duration ticketTtl, InstantSource clock) {
        this.ticketTtl = ticketTtl;
        this.clock = clock;
    }

    /** Good for the tickets' life from now. */
    public String of(Peer peer, Sha256 digest) {
        return peer.endpoint().url() + NiPath.of(digest) + "?t="
                + peer.ticketKey().issue(digest, clock.instant().plus(ticketTtl));
    }
}
