package io.fingerpost.registry.locality;

/** How near two places are, the nearest first. */
public enum Tier {
    /** The same site, or the same network. */
    LOCAL(0),
    /** The same autonomous system: most often, the same provider. */
    ASN(1),
    /** The same country. */
    COUNTRY(2),
    /** Nothing is known that they have in common. */
    ANYWHERE(3);

    private final int distance;

    Tier(int distance) {
        this.distance = distance;
    }

    /** 0 for the nearest, 3 for the farthest. */
    public int distance() {
        return distance;
    }
}
