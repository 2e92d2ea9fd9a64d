/**
 * Who sends which piece to whom, while many fetch the same thing at a time.
 *
 * <p>Start at {@link io.fingerpost.registry.swarm.Swarms}, where peers join and are given orders. Each
 * {@link io.fingerpost.registry.swarm.Swarm} decides for one representation, purely in memory and by the clock that it is told.
 */
@NullMarked
package io.fingerpost.registry.swarm;

import org.jspecify.annotations.NullMarked;
