/**
 * The broker: stands in front of an origin and sends requests to peers that hold the bytes.
 *
 * <p>Start at {@link io.fingerpost.broker.Broker}, which wires everything; a request enters at
 * {@link io.fingerpost.broker.edge.EdgeHandler}.
 */
@NullMarked
package io.fingerpost.broker;

import org.jspecify.annotations.NullMarked;
