/**
 * The way to the origin: an HTTP proxy that learns what it passes on.
 *
 * <p>Start at {@link io.fingerpost.broker.origin.OriginProxy}.
 */
@NullMarked
package io.fingerpost.broker.origin;

import org.jspecify.annotations.NullMarked;
