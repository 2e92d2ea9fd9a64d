package io.fingerpost.broker.choice;

import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.locality.Place;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants, and what of it decides who may serve it.
 *
 * @param digest of the representation
 * @param firstPiece that is asked for
 * @param lastPiece that is asked for
 * @param bytes that a peer would have to send
 * @param address of the client
 * @param place of the client
 * @param anyPeer whether it may meet peers that the operator does not vouch for
 * @param tlsOnly whether it may meet only peers with TLS
 * @param asker id of the peer that the client says to be
 * @param past where the client was sent before
 * @param most peers that are of use to it: one to go to and some to fall back on; at least 2, for the choice is between two
 */
public record Wanted(Sha256 digest, int firstPiece, int lastPiece, long bytes, InetAddress address, Place place,
        boolean anyPeer, boolean tlsOnly, @Nullable String asker, Past past, int most) {}
