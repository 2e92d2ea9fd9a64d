package io.fingerpost.registry.locality;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/**
 * What holds for which addresses: sorted ranges in flat arrays, 8 bytes for one of IPv4 and 12 for one of IPv6. A look-up is one
 * binary search and allocates nothing.
 */
final class AddressRanges {
    /** Knows nothing of any address. */
    static final AddressRanges NONE = of(Map.of());

    /** Where ranges begin, less 2^31 (IPv6: 2^63), so that the processor's signed comparison is that of addresses. */
    private final int[] ipv4Starts;
    private final int[] ipv4Values;
    private final long[] ipv6Starts;
    private final int[] ipv6Values;

    private AddressRanges(int[] ipv4Starts, int[] ipv4Values, long[] ipv6Starts, int[] ipv6Values) {
        this.ipv4Starts = ipv4Starts;
        this.ipv4Values = ipv4Values;
        this.ipv6Starts = ipv6Starts;
        this.ipv6Values = ipv6Values;
    }

    static AddressRanges of(RangeList ipv4, RangeList ipv6) {
        long[] narrow = ipv4.starts();
        var ipv4Starts = new int[narrow.length];
        for (int i = 0; i < narrow.length; i++) {
            ipv4Starts[i] = (int) (narrow[i] >>> 32) ^ Integer.MIN_VALUE;
        }
        long[] ipv6Starts = ipv6.starts();
        for (int i = 0; i < ipv6Starts.length; i++) {
            ipv6Starts[i] ^= Long.MIN_VALUE;
        }
        return new AddressRanges(ipv4Starts, ipv4.values(), ipv6Starts, ipv6.values());
    }

    /** Networks in any order, of which the smallest counts. */
    static AddressRanges of(Map<Cidr, Integer> networks) {
        var sorted = new TreeMap<Cidr, Integer>(Comparator.comparing(Cidr::ipv6)
                .thenComparing(Cidr::first, Long::compareUnsigned).thenComparingInt(Cidr::prefix));
        sorted.putAll(networks);
        var ipv4 = new RangeList(2 * networks.size() + 1);
        var ipv6 = new RangeList(2 * networks.size() + 1);
        sorted.forEach((cidr, value) -> (cidr.ipv6() ? ipv6 : ipv4).add(cidr.first(), cidr.prefix(), value));
        return of(ipv4, ipv6);
    }

    /** 0 if nothing is known. */
    int ofIpv4(int address) {
        int key = address ^ Integer.MIN_VALUE;
        int at = 0;
        int end = ipv4Starts.length;
        while (end - at > 1) {
            int middle = at + end >>> 1;
            if (ipv4Starts[middle] <= key) {
                at = middle;
            } else {
                end = middle;
            }
        }
        return ipv4Values[at];
    }

    /**
     * 0 if nothing is known.
     *
     * @param top the first 64 bits of the address
     */
    int ofIpv6(long top) {
        long key = top ^ Long.MIN_VALUE;
        int at = 0;
        int end = ipv6Starts.length;
        while (end - at > 1) {
            int middle = at + end >>> 1;
            if (ipv6Starts[middle] <= key) {
                at = middle;
            } else {
                end = middle;
            }
        }
        return ipv6Values[at];
    }

    /** How many ranges there are, those of which nothing is known included. */
    int size() {
        return ipv4Starts.length + ipv6Starts.length;
    }
}
