package io.fingerpost.registry.locality;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** What holds for which addresses of both families; memory only, and no allocation. */
record AddressRanges(Ranges ipv4, Ranges ipv6) {
    /** Knows nothing of any address. */
    static final AddressRanges NONE = of(Map.of());

    /** Networks in any order, of which the smallest counts. */
    static AddressRanges of(Map<Cidr, Integer> networks) {
        var sorted = new TreeMap<Cidr, Integer>(Comparator.comparing(Cidr::ipv6)
                .thenComparing(Cidr::first, Long::compareUnsigned).thenComparingInt(Cidr::prefix));
        sorted.putAll(networks);
        var ipv4 = new RangeList(2 * networks.size() + 1);
        var ipv6 = new RangeList(2 * networks.size() + 1);
        sorted.forEach((cidr, value) -> (cidr.ipv6() ? ipv6 : ipv4).add(cidr.first(), cidr.prefix(), value));
        return new AddressRanges(new Ranges(ipv4), new Ranges(ipv6));
    }

    /** 0 if nothing is known. */
    int ofIpv4(int address) {
        return ipv4.at((long) address << 32);
    }

    /**
     * 0 if nothing is known.
     *
     * @param top the first 64 bits of the address
     */
    int ofIpv6(long top) {
        return ipv6.at(top);
    }
}
