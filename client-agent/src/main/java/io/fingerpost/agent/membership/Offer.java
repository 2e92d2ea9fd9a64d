package io.fingerpost.agent.membership;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.UploadBudget;

/**
 * What this agent offers to others at the moment; it registers again when that changes.
 *
 * @param endpoint where they reach it
 * @param budget the most that it wants to send
 */
public record Offer(PeerEndpoint endpoint, UploadBudget budget) {}
