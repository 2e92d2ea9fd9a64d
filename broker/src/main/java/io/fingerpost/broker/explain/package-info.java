/**
 * Tells operators why a request is decided as it is: from what the decision itself looked at.
 *
 * <p>Start at {@link io.fingerpost.broker.explain.Explainer}.
 */
@NullMarked
package io.fingerpost.broker.explain;

import org.jspecify.annotations.NullMarked;
