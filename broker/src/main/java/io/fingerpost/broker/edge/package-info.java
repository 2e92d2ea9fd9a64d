/**
 * Where requests come in.
 *
 * <p>Start at {@link io.fingerpost.broker.edge.EdgeHandler}: it asks the policy and does what that decides.
 */
@NullMarked
package io.fingerpost.broker.edge;

import org.jspecify.annotations.NullMarked;
