package io.fingerpost.registry.health;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * The network that an address is in, as far as one person may have all of it: an IPv4 /24 or an IPv6 /48.
 *
 * @param bits the first of the address; the others are 0
 */
record Neighbourhood(long bits, boolean ipv6) {
    static Neighbourhood of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4
                ? new Neighbourhood(ByteBuffer.wrap(bytes).getInt() & 0xffff_ff00L, false)
                : new Neighbourhood(ByteBuffer.wrap(bytes).getLong() & -1L << 16, true);
    }
}
