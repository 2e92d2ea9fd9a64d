package io.fingerpost.registry.locality;

/**
 * Where an address is.
 *
 * @param site of the operator's labels, counted from 1; 0 for none
 * @param network its own network: what shares one public address
 * @param asn number of the autonomous system; 0 if unknown
 * @param country ISO code as two letters in an int; 0 if unknown
 */
public record Place(int site, long network, int asn, int country) {
    /** How near {@code other} is. */
    public Tier tierTo(Place other) {
        if (network == other.network || site != 0 && site == other.site) {
            return Tier.LOCAL;
        }
        if (asn != 0 && asn == other.asn) {
            return Tier.ASN;
        }
        return country != 0 && country == other.country ? Tier.COUNTRY : Tier.ANYWHERE;
    }
}
