package io.fingerpost.registry.admission;

import io.fingerpost.registry.RequestRejected;

/** What came of asking an endpoint to prove itself. */
public sealed interface Proof {
    /** It belongs to the peer. */
    record Given(Route route) implements Proof {}

    /**
     * Nobody answered, so that it may be a stranger's as well.
     *
     * @param tried what was done, and what came of it
     * @param advice what the peer's owner can do
     */
    record Missing(String tried, String advice) implements Proof {}

    /** It may not be dialled, and was not. */
    record Forbidden(RequestRejected why) implements Proof {}

    /** Somebody else answers. */
    record Foreign(RequestRejected why) implements Proof {}
}
