/**
 * Where an address is, as far as the operator lets us know: site, network, autonomous system, country.
 *
 * <p>Start at {@link io.fingerpost.registry.locality.Locator}: built from {@link io.fingerpost.registry.locality.LocalityConfig},
 * it makes a {@link io.fingerpost.registry.locality.Place} of an address, from flat arrays in memory.
 */
@NullMarked
package io.fingerpost.registry.locality;

import org.jspecify.annotations.NullMarked;
