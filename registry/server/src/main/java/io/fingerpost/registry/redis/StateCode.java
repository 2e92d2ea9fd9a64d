package io.fingerpost.registry.redis;

import io.fingerpost.registry.store.Peer;

/** A peer's state as one byte. */
final class StateCode {
    private StateCode() {}

    static byte of(Peer.State state) {
        return switch (state) {
            case GOOD -> 'g';
            case UNPROVED -> 'u';
            case DOWN -> 'd';
            case QUARANTINED -> 'q';
        };
    }

    /** @throws IllegalArgumentException if it stands for none */
    static Peer.State parse(byte code) {
        return switch (code) {
            case 'g' -> Peer.State.GOOD;
            case 'u' -> Peer.State.UNPROVED;
            case 'd' -> Peer.State.DOWN;
            case 'q' -> Peer.State.QUARANTINED;
            default -> throw new IllegalArgumentException("no such state of a peer");
        };
    }
}
