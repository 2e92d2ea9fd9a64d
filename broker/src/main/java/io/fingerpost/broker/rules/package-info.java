/**
 * What the operator says about sharing: rules for paths and sites, which can change while the broker runs.
 *
 * <p>Start at {@link io.fingerpost.broker.rules.Terms}: what holds for one request. {@link io.fingerpost.broker.rules.LiveRules}
 * finds the terms. Pure; knows no HTTP library.
 */
@NullMarked
package io.fingerpost.broker.rules;

import org.jspecify.annotations.NullMarked;
