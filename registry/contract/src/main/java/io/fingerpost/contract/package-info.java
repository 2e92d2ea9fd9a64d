/**
 * The values that broker, registry and agent share: digests, pieces, representations, peers, tickets.
 *
 * <p>Start at {@link io.fingerpost.contract.Representation}. Nothing here does I/O; a value that exists is valid.
 */
@NullMarked
package io.fingerpost.contract;

import org.jspecify.annotations.NullMarked;
