package io.fingerpost.contract.api;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.TicketKey;
import java.time.Instant;

/**
 * The answer to a registration.
 *
 * @param peerId what the peer is called from now on
 * @param secret bearer token for everything the peer does with this lease
 * @param ticketKey with which the peer checks tickets
 * @param superNode whether the operator's token was shown
 * @param terms how the lease is kept
 * @param now the registry's clock, so that a wrong clock at the peer does not spoil tickets
 * @param reachability whether clients will be sent to the peer; one that is not reachable has a lease all the same, and is tried again
 */
public record LeaseGrant(PeerId peerId, String secret, TicketKey ticketKey, boolean superNode, LeaseTerms terms,
        Instant now, Reachability reachability) {}
