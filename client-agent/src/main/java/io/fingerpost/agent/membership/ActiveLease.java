package io.fingerpost.agent.membership;

import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey.Verdict;
import io.fingerpost.contract.api.LeaseGrant;
import java.time.Instant;

/**
 * A lease that was granted. Tickets run by the registry's clock, which goes on from what it said last by the time that has passed
 * since: this machine's own clock may be wrong, or set anew at any time.
 *
 * @param told what the registry's clock said last
 * @param toldAt when that was, by {@link System#nanoTime}, which on some systems stands still while they sleep
 */
record ActiveLease(LeaseGrant grant, Instant told, long toldAt) {
    static ActiveLease granted(LeaseGrant grant) {
        return new ActiveLease(grant, grant.now(), System.nanoTime());
    }

    /** @param now what the registry's clock says now */
    ActiveLease renewed(Instant now) {
        return new ActiveLease(grant, now, System.nanoTime());
    }

    Verdict check(String ticket, Sha256 digest) {
        return grant.ticketKey().check(ticket, digest, told.plusNanos(System.nanoTime() - toldAt));
    }
}
