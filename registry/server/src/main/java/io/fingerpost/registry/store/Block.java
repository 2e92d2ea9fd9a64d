package io.fingerpost.registry.store;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * The network that one owner most likely has all of: a /24 of IPv4, or a /48 of IPv6.
 *
 * @param prefix its bits, and above them which version they are of
 */
public record Block(long prefix) {
    private static final long IPV4 = 1L << 62;
    private static final int IPV6_BITS = 48;

    public static Block of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return new Block(bytes.length == 4
                ? IPV4 | (Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt()) >>> Byte.SIZE)
                : ByteBuffer.wrap(bytes).getLong() >>> Long.SIZE - IPV6_BITS);
    }
}
