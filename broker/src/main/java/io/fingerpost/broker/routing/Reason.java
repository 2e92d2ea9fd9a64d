package io.fingerpost.broker.routing;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Why a request was decided as it was; each is a metric tag. */
public enum Reason {
    /** A live peer holds what is wanted. */
    HELD,

    /** Only GET and HEAD are redirected. */
    METHOD,
    /** It brings content, on which the answer may depend. */
    BODY,
    /** Longer than rules are read for. */
    LONG_PATH,
    /** Credentials never travel to a peer. */
    AUTHORIZATION,
    /** Nor do those for a proxy. */
    PROXY_AUTHORIZATION,
    /** A cookie may select what is served, and never travels to a peer. */
    COOKIE,
    /** A field that is not known to be harmless may be a credential, or change the answer. */
    UNUSUAL_FIELD,
    /** A signature in the query is a credential. */
    SIGNED_QUERY,
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
    /** A document would run in the peer's origin. */
    NAVIGATION,
    /** So would a frame or plug-in. */
    FRAME,
    /** So would a worker. */
    WORKER,
    /** The page wants no other origin than its own, and takes a redirect to one for an error. */
    SAME_ORIGIN,
    /** The operator does not want it shared. */
    RULE,
    /** The origin does not label the resource as shareable. */
    UNLABELLED,
    /** Nobody asked for the resource yet, or it was forgotten. */
    UNKNOWN,
    /** What is known is no longer fresh. */
    STALE,
    /** Smaller than the floor. */
    TOO_SMALL,
    /** Most peers seem to fail, so that rather our own network does. */
    PANIC,
    /** No live peer holds it. */
    NO_HOLDER,
    /** Only peers without TLS hold it, which a page that came with TLS may not load from. */
    MIXED_CONTENT,
    /** The client was sent to every peer that holds it, and came back each time. */
    CAME_BACK,
    /** Other resources have the same bytes under other header fields, which a peer may replay to a client that does not check. */
    AMBIGUOUS,
    /** Only peers hold it that this client, which cannot verify, must not meet. */
    NOT_VERIFYING,
    /** Only peers hold it that the client's version of the Internet Protocol does not reach. */
    OTHER_PROTOCOL,
    /** The peers that hold it have seen their share of what the client's network asks for. */
    NETWORK_SHARE,
    /** The slots of the peers that hold it are taken, or their quotas are used up. */
    OVER_BUDGET,

    /** The path is not one that a resource can have. */
    BAD_PATH,
    /** The request has been here before (RFC 8586). */
    LOOP,
    /** The host is that of no site of this broker. */
    UNKNOWN_SITE;

    private static final Set<Reason> REJECTIONS = EnumSet.of(BAD_PATH, LOOP, UNKNOWN_SITE);
    /** Requests that look, to whoever answers them, like those of anybody else. */
    private static final Set<Reason> COLLAPSIBLE = EnumSet.of(NO_CACHE, SHARING_DECLINED, NAVIGATION, FRAME, WORKER,
            SAME_ORIGIN, UNKNOWN, STALE, TOO_SMALL, PANIC, NO_HOLDER, MIXED_CONTENT, CAME_BACK, AMBIGUOUS,
            NOT_VERIFYING,
            OTHER_PROTOCOL, NETWORK_SHARE, OVER_BUDGET);
    /** Misses after which nothing is to be learned from the origin's answer, and nothing secret is in the request. */
    private static final Set<Reason> PLAIN_MISSES = EnumSet.of(NO_CACHE, MULTI_RANGE, UNSATISFIABLE_RANGE,
            SHARING_DECLINED, RULE, UNLABELLED, TOO_SMALL, PANIC, NO_HOLDER, MIXED_CONTENT, CAME_BACK, AMBIGUOUS,
            NOT_VERIFYING, OTHER_PROTOCOL, NETWORK_SHARE, OVER_BUDGET);

    /** Whether requests with this reason may share one fetch from the origin. */
    public boolean isCollapsible() {
        return COLLAPSIBLE.contains(this);
    }

    /** Whether the client may as well be sent to the origin's public URL. */
    public boolean isPlainMiss() {
        return PLAIN_MISSES.contains(this);
    }

    /** Whether the request is answered with an error. */
    public boolean isRejection() {
        return REJECTIONS.contains(this);
    }

    /** Lower case with underscores, as a metric tag. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
