package io.fingerpost.broker.choice;

import java.util.Locale;

/** Why a peer that holds something of a representation is not chosen; in the order in which these are looked at. */
public enum Exclusion {
    /** Its lease has run out. */
    GONE,
    /** Nobody outside its own network can reach it. */
    UNPROVED,
    /** It does not answer. */
    DOWN,
    /** It sent wrong bytes, or failed too often. */
    QUARANTINED,
    /** It does not hold all that is asked for. */
    LACKS_PIECES,
    /** It is the one that asks. */
    ASKS_ITSELF,
    /** The client cannot check what it gets, and the operator does not vouch for the peer. */
    NOT_VOUCHED_FOR,
    /** The client's page came with TLS and may load nothing from a peer without. */
    WITHOUT_TLS,
    /** The client's version of the Internet Protocol is not that of the peer. */
    OTHER_PROTOCOL,
    /** The client was sent there and came back. */
    FAILED_CLIENT,
    /** It has seen its share of what the client's network asks for. */
    SEEN_ENOUGH,
    /** Its slots are taken, or its quota is used up. */
    OVER_BUDGET;

    /** Lower case with hyphens. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
