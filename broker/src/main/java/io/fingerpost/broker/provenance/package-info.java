/**
 * Who a client is, when proxies stand before the broker.
 *
 * <p>Start at {@link io.fingerpost.broker.provenance.Provenance}.
 */
@NullMarked
package io.fingerpost.broker.provenance;

import org.jspecify.annotations.NullMarked;
