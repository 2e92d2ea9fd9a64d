package io.fingerpost.contract.api;

import java.util.List;

/**
 * The discovery document: all that an agent has to know beside the broker's URL.
 *
 * @param registries where the registry's API is, at each of these alike: relative to the document's own URL, or absolute; at least one
 * @param lease how leases run here
 */
public record Discovery(List<String> registries, LeaseTerms lease) {
    public Discovery {
        registries = List.copyOf(registries);
        if (registries.isEmpty()) {
            throw new IllegalArgumentException("registries must not be empty");
        }
    }
}
