/**
 * The content-addressed store on disk.
 *
 * <p>Start at {@link io.fingerpost.agent.store.BlobStore}. A piece is visible only when it was verified where it lies on disk; what
 * a killed process left is verified again before it is visible.
 */
@NullMarked
package io.fingerpost.agent.store;

import org.jspecify.annotations.NullMarked;
