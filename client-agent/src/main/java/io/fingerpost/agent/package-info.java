/**
 * The agent: fetches through the broker, verifies, stores, and serves what it holds to the next client.
 *
 * <p>Start at {@link io.fingerpost.agent.Agent}, which wires everything.
 */
@NullMarked
package io.fingerpost.agent;

import org.jspecify.annotations.NullMarked;
