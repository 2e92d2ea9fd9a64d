package io.fingerpost.registry.locality;

import inet.ipaddr.IPAddress;
import io.fingerpost.registry.admission.Networks;
import java.util.Objects;

/**
 * A network of a site.
 *
 * @param first its first address: the top 64 bits of IPv6, or the 32 bits of IPv4 above 32 zeros
 */
record Cidr(boolean ipv6, long first, int prefix) {
    /** @throws IllegalArgumentException for what is no network, or an IPv6 network that is smaller than /64 */
    static Cidr parse(String text) {
        IPAddress parsed = Networks.network(text);
        int prefix = Objects.requireNonNullElse(parsed.getNetworkPrefixLength(), parsed.getBitCount());
        byte[] bytes = parsed.getLower().getBytes();
        if (parsed.isIPv4()) {
            return new Cidr(false, (long) AddressBits.ipv4(bytes, 0) << 32, prefix);
        }
        if (prefix > 64) {
            throw new IllegalArgumentException("IPv6 networks are taken up to /64");
        }
        return new Cidr(true, AddressBits.ipv6Top(bytes), prefix);
    }
}
