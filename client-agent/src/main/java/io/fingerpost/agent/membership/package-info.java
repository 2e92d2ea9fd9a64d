/**
 * Being a peer: registering, keeping the lease, saying what is held, and goodbye.
 *
 * <p>Start at {@link io.fingerpost.agent.membership.Membership}.
 */
@NullMarked
package io.fingerpost.agent.membership;

import org.jspecify.annotations.NullMarked;
