package io.fingerpost.registry.store;

import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.Registration;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;

/**
 * How a peer was admitted: all of it that has to outlive a restart.
 *
 * @param registration what it said of itself
 * @param superNode whether the operator vouches for it
 * @param account under which it enrolled; empty if anybody may
 * @param secretHash of the lease's bearer secret, which itself is not kept
 * @param seenFrom the address that it registered from
 * @param addresses of its endpoint, which proved itself at the first; none if it did not, and then it is not reachable
 * @param at when
 */
public record Admission(Registration registration, boolean superNode, String account, Sha256 secretHash,
        InetAddress seenFrom, List<InetAddress> addresses, Instant at) {
    public Admission {
        addresses = List.copyOf(addresses);
    }

    /** Whether its endpoint has proved to be its own. */
    public boolean isProved() {
        return !addresses.isEmpty();
    }

    /** Where the peer is: the address of its endpoint, or else the one that it was seen from. */
    public InetAddress address() {
        return isProved() ? addresses.getFirst() : seenFrom;
    }
}
