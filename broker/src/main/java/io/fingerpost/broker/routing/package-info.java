/**
 * Decides, per request, whether a peer or the origin serves it.
 *
 * <p>Start at {@link io.fingerpost.broker.routing.RedirectPolicy}. Everything here is in memory and does not wait, so it is
 * safe on an I/O thread; nothing here knows an HTTP library.
 */
@NullMarked
package io.fingerpost.broker.routing;

import org.jspecify.annotations.NullMarked;
