package io.fingerpost.broker.choice;

import io.fingerpost.registry.locality.Place;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants of a representation, and what of it decides who may serve it.
 *
 * @param firstPiece that is asked for
 * @param lastPiece that is asked for
 * @param bytes that a peer would have to send
 * @param place of the client
 * @param anyPeer whether it may meet peers that the operator does not vouch for
 * @param tlsOnly whether it may meet only peers with TLS
 * @param asker id of the peer that the client says to be
 * @param past where the client was sent before
 * @param most peers that are of use to it: one to go to, and some to fall back on
 */
public record Wanted(int firstPiece, int lastPiece, long bytes, Place place, boolean anyPeer, boolean tlsOnly,
        @Nullable String asker, Past past, int most) {}
