/**
 * What goes over the wire between agent and registry, as JSON below {@link io.fingerpost.contract.api.ApiPaths#ROOT}.
 */
@NullMarked
package io.fingerpost.contract.api;

import org.jspecify.annotations.NullMarked;
