/**
 * What other clients get from this agent.
 *
 * <p>Start at {@link io.fingerpost.agent.serve.PeerHandler}. Nobody is served without a ticket, and without one nobody learns
 * whether a digest is held.
 */
@NullMarked
package io.fingerpost.agent.serve;

import org.jspecify.annotations.NullMarked;
