/**
 * Collapsed forwarding: one fetch for all who want the same at a time.
 *
 * <p>Start at {@link io.fingerpost.broker.collapse.Flights}. A {@code Flight} brings a body into a {@code Spool}, out of which
 * each {@code SpooledAnswer} is written at its client's speed.
 */
@NullMarked
package io.fingerpost.broker.collapse;

import org.jspecify.annotations.NullMarked;
