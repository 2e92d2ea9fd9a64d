/**
 * Whether peers do what they promise.
 *
 * <p>Start at {@link io.fingerpost.registry.health.Health}: it probes peers in {@link io.fingerpost.registry.health.Rounds}, has each
 * outcome judged by {@link io.fingerpost.registry.health.Judge}, which touches nothing, and draws the consequences. What clients
 * tell ({@link io.fingerpost.registry.health.Reports}) and what the edge sees ({@link io.fingerpost.registry.health.Suspicions}) only
 * change who is probed next.
 */
@NullMarked
package io.fingerpost.registry.health;

import org.jspecify.annotations.NullMarked;
