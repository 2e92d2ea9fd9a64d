package io.fingerpost.broker.routing;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.fingerpost.contract.config.ByteSize;

/**
 * What is sent to peers, and who ({@code sharing.*}).
 *
 * @param audience which clients may be sent to peers that the operator does not vouch for
 * @param minSize smaller bodies are served from the origin
 */
public record SharingConfig(Audience audience, ByteSize minSize) {
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
}
