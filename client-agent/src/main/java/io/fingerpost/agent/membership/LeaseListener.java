package io.fingerpost.agent.membership;

import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.Orders;

/** Is told what the registry grants and orders. Must not wait. */
public interface LeaseListener {
    /** For those who want to know nothing of it. */
    LeaseListener NONE = new LeaseListener() {};

    /** Under a new lease the registry knows nothing of what was under way before. */
    default void granted(LeaseGrant lease) {}

    default void lost() {}

    /** What the answer to an announcement orders. */
    default void ordered(Orders orders) {}
}
