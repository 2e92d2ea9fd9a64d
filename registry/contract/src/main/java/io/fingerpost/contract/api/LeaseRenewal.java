package io.fingerpost.contract.api;

import java.time.Instant;

/**
 * The answer to a heartbeat.
 *
 * @param terms how the lease is kept from now on
 * @param now the registry's clock
 * @param reachability whether clients are sent to the peer
 * @param inSync false if the registry knows other holdings of the peer than it says: it has to announce them anew
 */
public record LeaseRenewal(LeaseTerms terms, Instant now, Reachability reachability, boolean inSync) {}
