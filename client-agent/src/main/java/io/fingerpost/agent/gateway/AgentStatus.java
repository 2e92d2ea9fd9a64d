package io.fingerpost.agent.gateway;

import io.fingerpost.agent.fetch.Progress;
import io.fingerpost.contract.api.Reachability;
import java.util.List;
import java.util.Optional;

/**
 * What `fingerpost-agent status` tells.
 *
 * @param endpoints URLs at which it says that others reach it
 * @param trouble why the agent is not registered; empty if it is
 * @param reachability whether clients are sent to it, or why not and what to do
 * @param storedBytes in the store
 * @param servedBytes to other clients since the start
 * @param servedThisMonth bytes to other clients since the calendar month began (UTC)
 * @param fetchedFromPeers verified bytes since the start
 * @param fetchedFromOrigin bytes since the start
 * @param paused why nobody is served at the moment; empty if all are
 * @param uploads transfers to other clients that are under way
 * @param downloads what is being fetched
 * @param monthlyQuota most bytes of a month, after which nobody is served; 0 for no limit
 */
public record AgentStatus(String broker, List<String> endpoints, String peerId, String gateway, boolean registered,
        Optional<String> trouble, Reachability reachability, int holdings, long storedBytes, long maxBytes,
        long servedBytes, long servedThisMonth, long monthlyQuota, long fetchedFromPeers, long fetchedFromOrigin,
        Optional<String> paused, int uploads, List<Progress> downloads) {
    /** Where the gateway answers with it. */
    public static final String PATH = "/.well-known/fingerpost-agent/status";
}
