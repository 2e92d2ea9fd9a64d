package io.fingerpost.registry.admission;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/** By which versions of the Internet Protocol a peer can be reached. */
public enum Reach {
    IPV4, IPV6, BOTH;

    /** @param addresses of the peer, at least one */
    public static Reach by(List<InetAddress> addresses) {
        long sixes = addresses.stream().filter(Inet6Address.class::isInstance).count();
        return sixes == 0 ? IPV4 : sixes == addresses.size() ? IPV6 : BOTH;
    }

    /** Whether one of the other reach finds a version in common. */
    public boolean meets(Reach other) {
        return this == other || this == BOTH || other == BOTH;
    }

    /** Whether a client that has come by IPv6, or else by IPv4, can reach it, for all that is known. */
    public boolean from(boolean ipv6) {
        return this == BOTH || this == IPV6 == ipv6;
    }
}
