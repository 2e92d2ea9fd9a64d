package io.fingerpost.registry.locality;

/** How near two places are, the nearest first. */
public enum Tier {
    /** The same site, or the same network. */
    LOCAL,
    /** The same autonomous system: most often, the same provider. */
    ASN,
    /** The same country. */
    COUNTRY,
    /** Nothing is known that they have in common. */
    ANYWHERE
}
