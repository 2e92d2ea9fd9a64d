/**
 * Configuration for broker and agent: defaults, one YAML file, single keys, bound to records once.
 *
 * <p>Start at {@link io.fingerpost.contract.config.ConfigLoader}.
 */
@NullMarked
package io.fingerpost.contract.config;

import org.jspecify.annotations.NullMarked;
