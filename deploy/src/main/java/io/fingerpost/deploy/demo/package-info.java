/**
 * The demo: the main job on real files, with real processes, and a verdict.
 *
 * <p>Start at {@link io.fingerpost.deploy.demo.Demo}.
 */
@NullMarked
package io.fingerpost.deploy.demo;

import org.jspecify.annotations.NullMarked;
