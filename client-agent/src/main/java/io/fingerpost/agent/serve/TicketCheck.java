package io.fingerpost.agent.serve;

import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey.Verdict;

/** Says what a ticket is worth, by what the registry told this agent. */
@FunctionalInterface
public interface TicketCheck {
    Verdict check(String ticket, Sha256 digest);
}
