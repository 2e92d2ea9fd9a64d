package io.fingerpost.contract.api;

/**
 * Whether the registry reaches a peer's endpoint, which it has to before clients are sent there.
 *
 * @param reachable whether the endpoint has proved to be the peer's own and answers
 * @param tried what the registry did to find out, and what came of it; empty if it is reachable
 * @param advice what the peer's owner can do; empty if it is reachable
 */
public record Reachability(boolean reachable, String tried, String advice) {
    public static final Reachability YES = new Reachability(true, "", "");

    public static Reachability no(String tried, String advice) {
        return new Reachability(false, tried, advice);
    }
}
