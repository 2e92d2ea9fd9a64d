package io.fingerpost.agent.serve;

import java.net.Inet6Address;
import java.net.InetAddress;

/** What is not the Internet: private and link-local addresses (RFC 1918, RFC 3927, RFC 4193, RFC 4291 §2.5.6). */
public final class LocalNetwork {
    private LocalNetwork() {}

    /** Loopback is not of it: who comes from there may be a tunnel to anywhere. */
    public static boolean has(InetAddress client) {
        boolean uniqueLocal = client instanceof Inet6Address && (client.getAddress()[0] & 0xfe) == 0xfc;
        return client.isSiteLocalAddress() || client.isLinkLocalAddress() || uniqueLocal;
    }
}
