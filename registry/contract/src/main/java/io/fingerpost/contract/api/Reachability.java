package io.fingerpost.contract.api;

/**
 * Whether the registry reaches a peer's endpoints, which it has to before clients are sent there.
 *
 * @param reachable whether an endpoint has proved to be the peer's own and answers
 * @param tried what the registry did to find out, and what came of it where nobody answered; empty if all endpoints are reachable
 * @param advice what the peer's owner can do; empty if all endpoints are reachable
 */
public record Reachability(boolean reachable, String tried, String advice) {
    public static final Reachability YES = new Reachability(true, "", "");

    /** At one endpoint, but not at another. */
    public static Reachability partly(String tried, String advice) {
        return new Reachability(true, tried, advice);
    }

    public static Reachability no(String tried, String advice) {
        return new Reachability(false, tried, advice);
    }
}
