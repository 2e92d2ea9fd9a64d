package io.fingerpost.registry.admission;

import io.fingerpost.contract.PeerEndpoint;
import java.net.InetAddress;
import java.util.List;

/**
 * A way to a peer: an endpoint that has proved itself.
 *
 * @param addresses of the endpoint, which proved itself at the first; at least one
 */
public record Route(PeerEndpoint endpoint, List<InetAddress> addresses) {
    public Route {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("a route leads to an address");
        }
    }

    /** Where it leads. */
    public InetAddress address() {
        return addresses.getFirst();
    }

    /** By which versions of the Internet Protocol it can be taken. */
    public Reach reach() {
        return Reach.by(addresses);
    }

    public boolean hasTls() {
        return endpoint.scheme().equals("https");
    }
}
