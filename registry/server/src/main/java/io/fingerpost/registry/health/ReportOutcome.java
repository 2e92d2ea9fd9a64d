package io.fingerpost.registry.health;

import java.util.Locale;

/** What became of a client's report. */
public enum ReportOutcome {
    /** The registry probes the peer. */
    TAKEN,
    /** The ticket is not one for a live peer at that URL that holds the digest, or no longer good. */
    NO_TICKET,
    /** Somebody reported with the same ticket before. */
    REPEATED,
    /** Too many from the same network. */
    TOO_MANY,
    /** The reports of that network were wrong of late. */
    NOT_CREDIBLE,
    /** A report that was taken: the registry's own probe failed too. */
    CONFIRMED,
    /** A report that was taken: the registry's own probe found nothing wrong. */
    REFUTED;

    /** Lower case with underscores, as a metric tag. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
