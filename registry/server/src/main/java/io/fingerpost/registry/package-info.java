/**
 * Who holds what: peers with leases, their holdings, and the representations these are holdings of.
 *
 * <p>Start at {@link io.fingerpost.registry.Registry}. Embedded in a broker it is called from I/O threads for reading, which
 * touches memory only, and from virtual threads for everything else.
 */
@NullMarked
package io.fingerpost.registry;

import org.jspecify.annotations.NullMarked;
