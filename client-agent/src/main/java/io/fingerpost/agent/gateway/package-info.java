/**
 * The local gateway: programs on this machine fetch through the agent.
 *
 * <p>Start at {@link io.fingerpost.agent.gateway.GatewayHandler}.
 */
@NullMarked
package io.fingerpost.agent.gateway;

import org.jspecify.annotations.NullMarked;
