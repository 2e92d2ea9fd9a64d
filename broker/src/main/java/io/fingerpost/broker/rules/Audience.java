package io.fingerpost.broker.rules;

import com.fasterxml.jackson.annotation.JsonCreator;

/** Who may be sent to any live peer. Super-nodes are open to everyone. */
public enum Audience {
    /** Clients that say that they check what they get. */
    VERIFYING,
    /** Everyone: the operator trusts all peers, or does not mind. */
    ANY;

    @JsonCreator
    static Audience parse(String text) {
        return switch (text) {
            case "verifying" -> VERIFYING;
            case "any" -> ANY;
            default -> throw new IllegalArgumentException("verifying or any is wanted");
        };
    }
}
