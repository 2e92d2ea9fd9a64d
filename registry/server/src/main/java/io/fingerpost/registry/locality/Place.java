package io.fingerpost.registry.locality;

/**
 * Where an address is, under one configuration: after it was replaced, places of before do not compare with those made since, for
 * sites are numbered anew.
 *
 * @param site the operator's site: its index in {@code locality.sites} plus 1; 0 for none
 * @param network the address cut to the configured prefix. IPv6: its first 64 bits. IPv4: its 32 bits below 32 ones, where no IPv6
 *        network is
 * @param asn number of the autonomous system, unsigned; 0 if unknown
 * @param country ISO 3166-1 code, its two letters in the lower two bytes, the first above the second; 0 if unknown
 */
public record Place(int site, long network, int asn, int country) {
    private static final int IPV4 = 0xFFFF_FFFF;

    /** How near the other place is; the same in both directions. */
    public Tier tierTo(Place other) {
        if (site != 0 && site == other.site || network == other.network) {
            return Tier.LOCAL;
        }
        if (asn != 0 && asn == other.asn) {
            return Tier.ASN;
        }
        return country != 0 && country == other.country ? Tier.COUNTRY : Tier.ANYWHERE;
    }

    /** Which family the address is of; IPv4 in IPv6 clothes is IPv4. */
    public boolean isIpv6() {
        return (int) (network >>> 32) != IPV4;
    }

    /** The two letters of the country; empty if it is unknown. */
    public String countryCode() {
        return country == 0 ? "" : "" + (char) (country >>> 8) + (char) (country & 0xFF);
    }

    /** Two letters as {@link #country} has them; 0 for what is no code. */
    static int country(String code) {
        return code.length() == 2 && isLetter(code.charAt(0)) && isLetter(code.charAt(1))
                ? code.charAt(0) << 8 | code.charAt(1)
                : 0;
    }

    private static boolean isLetter(char c) {
        return c >= 'A' && c <= 'Z';
    }

    static long ipv4Network(int address, int prefix) {
        return (long) IPV4 << 32 | address & 0xFFFF_FFFFL << 32 - prefix & 0xFFFF_FFFFL;
    }

    /** Beginning with ffff:ffff there are multicast addresses, which nobody comes from: they make room for IPv4. */
    static long ipv6Network(long top, int prefix) {
        return ((int) (top >>> 32) == IPV4 ? 0xFFL << 56 : top) & -1L << 64 - prefix;
    }
}
