package io.fingerpost.registry.locality;

/** How near a peer is to a client, nearest first. */
public enum Tier {
    /** At the same site of the operator's, or behind the same public address. */
    LOCAL(0),
    /** In the same autonomous system. */
    ASN(1),
    /** In the same country. */
    COUNTRY(2),
    ANYWHERE(3);

    private final int distance;

    Tier(int distance) {
        this.distance = distance;
    }

    /** 0 for the nearest to 3. */
    public int distance() {
        return distance;
    }
}
