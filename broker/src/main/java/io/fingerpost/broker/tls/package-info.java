/**
 * The edge's certificate: read from PEM files, checked, and exchanged while connections come in.
 *
 * <p>Start at {@link io.fingerpost.broker.tls.EdgeCertificate}.
 */
@NullMarked
package io.fingerpost.broker.tls;

import org.jspecify.annotations.NullMarked;
