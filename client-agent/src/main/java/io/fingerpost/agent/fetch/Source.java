package io.fingerpost.agent.fetch;

import java.net.URI;

/** Where the bytes of a representation can be had. */
sealed interface Source {
    /** A peer, under a URL with a ticket. */
    record Peer(URI url) implements Source {
        /** Without the ticket, which is nobody's business. */
        @Override
        public String toString() {
            return "peer " + url.getAuthority();
        }
    }

    /** The origin, through the broker. */
    record Origin(String resource) implements Source {
        @Override
        public String toString() {
            return "origin";
        }
    }
}
