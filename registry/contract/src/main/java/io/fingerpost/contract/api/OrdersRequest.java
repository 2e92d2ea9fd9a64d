package io.fingerpost.contract.api;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import java.util.List;
import java.util.Optional;

/**
 * A peer waits for orders; the answer comes when there are some, or after {@link #LONGEST_WAIT_SECONDS}.
 *
 * @param failed who did not send what was ordered: what is still missing of it is ordered from others
 * @param left what it does not fetch any more
 */
public record OrdersRequest(List<Failed> failed, List<Sha256> left) {
    /** Most entries of each list. */
    public static final int MOST = 32;
    public static final int LONGEST_WAIT_SECONDS = 20;

    public OrdersRequest {
        failed = List.copyOf(failed);
        left = List.copyOf(left);
        if (failed.size() > MOST || left.size() > MOST) {
            throw new IllegalArgumentException("at most " + MOST + " entries are taken");
        }
    }

    /**
     * A source that failed.
     *
     * @param digest what was wanted of it
     * @param from the peer; empty for the origin
     */
    public record Failed(Sha256 digest, Optional<PeerId> from) {}
}
