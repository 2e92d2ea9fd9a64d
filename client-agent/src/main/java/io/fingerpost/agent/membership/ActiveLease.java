package io.fingerpost.agent.membership;

import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey.Verdict;
import io.fingerpost.contract.api.LeaseGrant;
import java.time.Duration;
import java.time.Instant;

/**
 * A lease that was granted.
 *
 * @param clockOffset what has to be added to this machine's clock to get the registry's
 */
record ActiveLease(LeaseGrant grant, Duration clockOffset) {
    static ActiveLease granted(LeaseGrant grant, Instant localNow) {
        return new ActiveLease(grant, Duration.between(localNow, grant.now()));
    }

    Verdict check(String ticket, Sha256 digest, Instant localNow) {
        return grant.ticketKey().check(ticket, digest, localNow.plus(clockOffset));
    }
}
