package io.fingerpost.registry.admission;

import java.net.InetAddress;
import java.util.List;

/** What came of asking an endpoint to prove itself. */
public sealed interface Proof {
    /**
     * It belongs to the peer.
     *
     * @param addresses of the endpoint, at least one
     */
    record Given(List<InetAddress> addresses) implements Proof {
        public Given {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Nobody answered, so that it may be a stranger's as well.
     *
     * @param tried what was done, and what came of it
     * @param advice what the peer's owner can do
     */
    record Missing(String tried, String advice) implements Proof {}
}
