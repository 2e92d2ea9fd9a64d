/**
 * Who may be a peer.
 *
 * <p>Start at {@link io.fingerpost.registry.admission.EndpointProver}: it dials an endpoint that somebody claims, within the
 * limits of {@link io.fingerpost.registry.admission.AddressPolicy}, so that nobody can aim us at a third party.
 */
@NullMarked
package io.fingerpost.registry.admission;

import org.jspecify.annotations.NullMarked;
