/**
 * The registry's HTTP API, and the few handlers around it that the broker uses too.
 *
 * <p>Start at {@link io.fingerpost.registry.http.RegistryApi}.
 */
@NullMarked
package io.fingerpost.registry.http;

import org.jspecify.annotations.NullMarked;
