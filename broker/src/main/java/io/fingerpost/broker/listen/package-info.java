/**
 * The ports of the edge, and what holds for every request that comes in by them, whatever it is for: bounds of size, time and
 * number.
 *
 * <p>Start at {@link io.fingerpost.broker.listen.Listeners}.
 */
@NullMarked
package io.fingerpost.broker.listen;

import org.jspecify.annotations.NullMarked;
