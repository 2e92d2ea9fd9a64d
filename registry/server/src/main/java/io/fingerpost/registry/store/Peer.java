package io.fingerpost.registry.store;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import java.time.Instant;

/**
 * An admitted peer.
 *
 * @param endpoint proved to be the peer's own
 * @param superNode whether the operator vouches for it
 * @param secretHash of the lease's bearer secret, which itself is not kept
 * @param ticketKey for tickets that this peer accepts
 * @param leaseUntil the first instant at which the peer counts as gone
 */
public record Peer(PeerId id, PeerEndpoint endpoint, boolean superNode, Sha256 secretHash, TicketKey ticketKey,
        Instant leaseUntil) {
    public boolean isLive(Instant now) {
        return now.isBefore(leaseUntil);
    }

    Peer renewedUntil(Instant until) {
        return new Peer(id, endpoint, superNode, secretHash, ticketKey, until);
    }
}
