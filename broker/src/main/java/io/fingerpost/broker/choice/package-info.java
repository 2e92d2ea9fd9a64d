/**
 * Which of the peers that hold something a client is sent to.
 *
 * <p>Start at {@link io.fingerpost.broker.choice.PeerChoice}.
 */
@NullMarked
package io.fingerpost.broker.choice;

import org.jspecify.annotations.NullMarked;
