/**
 * The content-addressed store on disk.
 *
 * <p>Start at {@link io.fingerpost.agent.store.BlobStore}. A blob is visible only when all of it was verified; what a killed
 * process left half-written is removed at the next start.
 */
@NullMarked
package io.fingerpost.agent.store;

import org.jspecify.annotations.NullMarked;
