package io.fingerpost.registry.store;

import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.registry.admission.Route;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a peer was admitted: all of it that has to outlive a restart.
 *
 * @param registration what it said of itself
 * @param superNode whether the operator vouches for it
 * @param account under which it enrolled; empty if anybody may
 * @param secretHash of the lease's bearer secret, which itself is not kept
 * @param seenFrom the address that it registered from
 * @param routes its endpoints that proved themselves; none if it is not reachable
 * @param at when
 */
public record Admission(Registration registration, boolean superNode, String account, Sha256 secretHash,
        InetAddress seenFrom, List<Route> routes, Instant at) {
    public Admission {
        routes = List.copyOf(routes);
    }

    /** Whether an endpoint has proved to be its own. */
    public boolean isProved() {
        return !routes.isEmpty();
    }

    /** All that it is met at; where it was seen from if it is not reachable. */
    public Set<InetAddress> addresses() {
        return isProved() ? routes.stream().map(Route::address).collect(Collectors.toSet()) : Set.of(seenFrom);
    }

    /** Where the peer is: the address of its first route, or else the one that it was seen from. */
    public InetAddress address() {
        return isProved() ? routes.getFirst().address() : seenFrom;
    }
}
