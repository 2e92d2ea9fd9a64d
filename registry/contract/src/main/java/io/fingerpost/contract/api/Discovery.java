package io.fingerpost.contract.api;

/**
 * The discovery document: all that an agent has to know beside the broker's URL.
 *
 * @param registry where the registry's API is, relative to the document's own URL or absolute
 * @param lease how leases run here
 */
public record Discovery(String registry, LeaseTerms lease) {}
