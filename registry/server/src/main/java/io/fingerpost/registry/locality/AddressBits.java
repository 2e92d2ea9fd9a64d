package io.fingerpost.registry.locality;

import static java.nio.ByteOrder.BIG_ENDIAN;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** The bits of an address as numbers. IPv4: 4 bytes. IPv6: 16, of which the first 8 name the network. */
final class AddressBits {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, BIG_ENDIAN);

    private AddressBits() {}

    /**
     * Byte by byte, so that the compiler sees that it need not make the array which the JDK hands an address out in.
     *
     * @param offset of the first of the 4 bytes
     */
    static int ipv4(byte[] address, int offset) {
        return address[offset] << 24 | (address[offset + 1] & 0xFF) << 16 | (address[offset + 2] & 0xFF) << 8
                | address[offset + 3] & 0xFF;
    }

    static long ipv6Top(byte[] address) {
        return (long) LONG.get(address, 0);
    }

    /** `::ffff:192.0.2.1`, which is IPv4 in IPv6 clothes. */
    static boolean isMapped(byte[] address) {
        return ipv6Top(address) == 0 && (int) INT.get(address, 8) == 0xFFFF;
    }
}
