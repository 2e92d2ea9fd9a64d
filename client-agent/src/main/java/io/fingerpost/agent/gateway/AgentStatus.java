package io.fingerpost.agent.gateway;

import java.util.Optional;

/**
 * What `fingerpost-agent status` tells.
 *
 * @param trouble why the agent is not registered; empty if it is
 * @param storedBytes in the store
 * @param servedBytes to other clients since the start
 */
public record AgentStatus(String broker, String peer, String peerId, String gateway, boolean registered,
        Optional<String> trouble, int holdings, long storedBytes, long maxBytes, long servedBytes) {
    /** Where the gateway answers with it. */
    public static final String PATH = "/.well-known/fingerpost-agent/status";
}
