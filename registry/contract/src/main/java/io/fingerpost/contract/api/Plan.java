package io.fingerpost.contract.api;

import io.fingerpost.contract.Representation;
import java.util.List;

/**
 * All that a peer needs to begin to fetch a resource from many sides at a time. More orders follow: with the answers to what it announces, and when it asks
 * for them.
 *
 * @param representation what the resource is; its pieces' hashes are what counts, whoever sends the bytes
 * @param orders what to take first; empty if nobody can send it anything yet
 * @param holders how many peers hold something of it: what many hold need not be kept
 */
public record Plan(Representation representation, List<Order> orders, int holders) {
    public Plan {
        orders = List.copyOf(orders);
    }
}
