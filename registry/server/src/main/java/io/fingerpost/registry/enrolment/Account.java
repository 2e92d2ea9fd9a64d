package io.fingerpost.registry.enrolment;

/**
 * Under what a peer enrols.
 *
 * @param name empty for those who came without a token
 * @param superNode whether the operator vouches for its peers
 * @param maxPeers most peers of it at a time; 0 for no limit of its own
 */
public record Account(String name, boolean superNode, int maxPeers) {
    /** Anybody's. */
    static final Account OPEN = new Account("", false, 0);
    /** That of `registry.super-node-token`. */
    static final Account SUPER_NODES = new Account("super-nodes", true, 0);
}
