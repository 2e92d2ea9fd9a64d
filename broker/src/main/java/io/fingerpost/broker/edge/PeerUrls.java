package io.fingerpost.broker.edge;

import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.registry.store.Peer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Makes the URLs under which peers serve, each with a ticket. Those that are asked for again and again are made once in a while
 * only: a ticket is the same for all clients anyway.
 */
public final class PeerUrls {
    private static final int KNOWN_BITS = 16;
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;
    /** Of a ticket's life, the share for which it is handed out. */
    private static final int FRESH_SHARE = 10;

    private final Duration ticketTtl;
    private final InstantSource clock;
    /** A table of fixed size, in which a later URL may push an earlier one out. */
    private final AtomicReferenceArray<Known> known = new AtomicReferenceArray<>(1 << KNOWN_BITS);

    private record Known(Peer peer, PeerEndpoint endpoint, Sha256 digest, long until, Target target) {}

    /**
     * A representation at a peer.
     *
     * @param url with a ticket
     * @param digestField the value of `Target-Repr-Digest`
     */
    record Target(String url, String digestField) {}

    /** @param ticketTtl life of a ticket that is made now */
    public PeerUrls(Duration ticketTtl, InstantSource clock) {
        this.ticketTtl = ticketTtl;
        this.clock = clock;
    }

    /** Good for nine tenths of the tickets' life at least. */
    String of(Peer peer, PeerEndpoint endpoint, Sha256 digest) {
        return target(peer, endpoint, digest).url;
    }

    /** The same, and what goes with it in a redirect. */
    Target target(Peer peer, PeerEndpoint endpoint, Sha256 digest) {
        long now = clock.millis();
        int slot = (int) ((peer.seed() ^ digest.first() ^ endpoint.hashCode()) * SPREAD >>> Long.SIZE
                - KNOWN_BITS);
        Known last = known.get(slot);
        if (last != null && last.peer == peer && last.endpoint.equals(endpoint) && now < last.until
                && last.digest.equals(digest)) {
            return last.target;
        }
        String url = endpoint.url() + NiPath.of(digest) + "?t="
                + peer.ticketKey().issue(digest, Instant.ofEpochMilli(now).plus(ticketTtl));
        var target = new Target(url, DigestField.format(digest));
        known.set(slot, new Known(peer, endpoint, digest, now + ticketTtl.toMillis() / FRESH_SHARE, target));
        return target;
    }
}
