package io.fingerpost.agent.membership;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.UploadBudget;
import java.util.List;

/**
 * What this agent offers to others at the moment; it registers again when that changes.
 *
 * @param endpoints where they reach it
 * @param budget the most that it wants to send
 */
public record Offer(List<PeerEndpoint> endpoints, UploadBudget budget) {}
