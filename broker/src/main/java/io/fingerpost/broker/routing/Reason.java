package io.fingerpost.broker.routing;

import java.util.Locale;

/** Why a request was decided as it was; each is a metric tag. */
public enum Reason {
    /** A live peer holds what is wanted. */
    HELD,

    /** Only GET and HEAD are redirected. */
    METHOD,
    /** Credentials never travel to a peer. */
    AUTHORIZATION,
    /** A cookie may select what is served, and never travels to a peer. */
    COOKIE,
    /** The client insists on the origin. */
    NO_CACHE,
    /** Validation is nearly free at the origin, and a redirect would take precedence over it (RFC 9110 §13.2.1). */
    CONDITIONAL,
    /** More than one range. */
    MULTI_RANGE,
    /** A range beyond the end; the origin words the 416. */
    UNSATISFIABLE_RANGE,
    /** The client declined sharing (Sec-GPC). */
    SHARING_DECLINED,
    /** A document, frame or worker would run in the peer's origin. */
    NAVIGATION,
    /** The origin does not label the resource as shareable. */
    UNLABELLED,
    /** Nobody asked for the resource yet, or it was forgotten. */
    UNKNOWN,
    /** What is known is no longer fresh. */
    STALE,
    /** Smaller than the floor. */
    TOO_SMALL,
    /** No live peer holds it. */
    NO_HOLDER,
    /** Other resources have the same bytes under other header fields, which a peer may replay to a client that does not check. */
    AMBIGUOUS,
    /** Only peers hold it that this client, which cannot verify, must not meet. */
    NOT_VERIFYING,

    /** The path is not one that a resource can have. */
    BAD_PATH,
    /** The request has been here before (RFC 8586). */
    LOOP;

    /** Whether requests with this reason may share one fetch from the origin. */
    public boolean isCollapsible() {
        return switch (this) {
            case HELD, METHOD, AUTHORIZATION, COOKIE, CONDITIONAL, MULTI_RANGE, UNSATISFIABLE_RANGE, UNLABELLED,
                    BAD_PATH,
                    LOOP ->
                false;
            case NO_CACHE, SHARING_DECLINED, NAVIGATION, UNKNOWN, STALE, TOO_SMALL, NO_HOLDER, AMBIGUOUS,
                    NOT_VERIFYING ->
                true;
        };
    }

    /** Lower case with underscores, as a metric tag. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
