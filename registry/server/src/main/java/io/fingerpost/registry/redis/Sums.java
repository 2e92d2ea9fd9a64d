package io.fingerpost.registry.redis;

import java.nio.ByteBuffer;

/**
 * What a peer holds, in short.
 *
 * @param checksum the {@link io.fingerpost.contract.HoldingsChecksum}
 * @param partBytes that its incomplete sets of pieces take
 */
record Sums(long checksum, long partBytes) {
    static final Sums NOTHING = new Sums(0, 0);
    static final int LENGTH = 2 * Long.BYTES;

    /** With a change of it. */
    Sums plus(Sums change) {
        return new Sums(checksum ^ change.checksum, Math.max(0, partBytes + change.partBytes));
    }

    byte[] bytes() {
        return ByteBuffer.allocate(LENGTH).putLong(checksum).putLong(partBytes).array();
    }
}
