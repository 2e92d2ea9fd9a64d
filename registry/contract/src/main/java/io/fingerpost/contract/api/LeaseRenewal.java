package io.fingerpost.contract.api;

import java.time.Instant;

/**
 * The answer to a heartbeat.
 *
 * @param terms how the lease is kept from now on
 * @param now the registry's clock
 * @param holdings how many holdings of the peer the registry knows; a peer that counts otherwise announces all again
 */
public record LeaseRenewal(LeaseTerms terms, Instant now, int holdings) {}
