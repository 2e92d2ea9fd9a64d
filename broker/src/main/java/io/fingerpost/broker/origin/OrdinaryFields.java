package io.fingerpost.broker.origin;

import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.Locale;
import java.util.Set;

/**
 * The request fields that ordinary clients send and that no origin may let change a public answer without saying so in
 * `Vary`. What an answer to any other field looks like teaches nothing: with `X-Original-URL` and its like, one client could
 * otherwise decide what all others get.
 */
final class OrdinaryFields {
    private static final Set<String> NAMES = Set.of("accept", "accept-charset", "accept-encoding", "accept-language",
            "cache-control", "cdn-loop", "connection", "date", "dnt", "fingerpost-peer", "forwarded", "from", "host",
            "http2-settings", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since",
            "keep-alive", "origin", "pragma", "priority", "proxy-connection", "purpose", "range", "referer",
            "save-data",
            "te", "traceparent", "tracestate", "upgrade", "upgrade-insecure-requests", "user-agent", "via",
            "want-content-digest", "want-digest", "want-repr-digest", "x-forwarded-for", "x-forwarded-host",
            "x-forwarded-port", "x-forwarded-proto", "x-forwarded-server", "x-request-id", "x-requested-with");

    /** Of these, those that concern this one request or connection, or that we say ourselves. */
    private static final Set<String> NOT_PASSED_ON = Set.of("connection", "forwarded", "host", "http2-settings",
            "if-match",
            "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "keep-alive", "proxy-connection",
            "range", "te", "upgrade", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto",
            "x-forwarded-server");

    private OrdinaryFields() {}

    static boolean isOrdinary(HttpString name) {
        String lower = name.toString().toLowerCase(Locale.ROOT);
        return NAMES.contains(lower) || lower.startsWith("sec-");
    }

    /** Whether the field goes along when the broker fetches for more than one client. */
    static boolean isPassedOn(HttpString name) {
        return isOrdinary(name) && !NOT_PASSED_ON.contains(name.toString().toLowerCase(Locale.ROOT));
    }

    /** Whether all are, of a request without a body. */
    static boolean areAllOrdinary(HeaderMap fields) {
        return fields.getHeaderNames().stream().allMatch(name -> name.equals(Headers.CONTENT_LENGTH)
                ? "0".equals(fields.getFirst(name))
                : isOrdinary(name));
    }
}
