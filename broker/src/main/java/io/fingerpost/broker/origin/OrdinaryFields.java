package io.fingerpost.broker.origin;

import io.fingerpost.broker.rules.NameSet;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The request fields that ordinary clients send and that no origin may let change a public answer without saying so in
 * `Vary`. What an answer to any other field looks like teaches nothing: with `X-Original-URL` and its like, one client could
 * otherwise decide what all others get.
 */
public final class OrdinaryFields {
    private static final Set<String> NAMES = Set.of("accept", "accept-charset", "accept-encoding", "accept-language",
            "cache-control", "cdn-loop", "connection", "date", "dnt", "fingerpost-peer", "forwarded", "from", "host",
            "http2-settings", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since",
            "keep-alive", "origin", "pragma", "priority", "proxy-connection", "purpose", "range", "referer",
            "save-data",
            "te", "traceparent", "tracestate", "upgrade", "upgrade-insecure-requests", "user-agent", "via",
            "want-content-digest", "want-digest", "want-repr-digest", "x-forwarded-for", "x-forwarded-host",
            "x-forwarded-port", "x-forwarded-proto", "x-forwarded-server", "x-request-id", "sec-gpc", "sec-purpose",
            "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user", "sec-fetch-storage-access",
            "sec-ch-ua", "sec-ch-ua-mobile", "sec-ch-ua-platform", "sec-ch-ua-arch", "sec-ch-ua-bitness",
            "sec-ch-ua-model", "sec-ch-ua-full-version", "sec-ch-ua-full-version-list", "sec-ch-ua-platform-version",
            "sec-ch-ua-wow64", "sec-ch-ua-form-factors", "sec-ch-prefers-color-scheme",
            "sec-ch-prefers-reduced-motion");

    /** Of these, those that concern this one request or connection, or that we say ourselves. */
    private static final Set<String> NOT_PASSED_ON = Set.of("connection", "forwarded", "host", "http2-settings",
            "if-match",
            "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "keep-alive", "proxy-connection",
            "range", "te", "upgrade", "x-forwarded-for", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto",
            "x-forwarded-server");

    private static final Set<HttpString> ORDINARY = httpStrings(NAMES);

    private OrdinaryFields() {}

    private static Set<HttpString> httpStrings(Set<String> names) {
        return names.stream().map(HttpString::new).collect(Collectors.toUnmodifiableSet());
    }

    /**
     * Whether all are, of a request without a body.
     *
     * @param ignored further fields that the operator knows to be harmless, in lower case
     */
    public static boolean areAllOrdinary(HeaderMap fields, NameSet ignored) {
        for (HttpString name : fields.getHeaderNames()) {
            if (!isOrdinary(name) && !isEmptyBody(name, fields) && !isIgnored(name, ignored)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isOrdinary(HttpString name) {
        return ORDINARY.contains(name);
    }

    private static boolean isEmptyBody(HttpString name, HeaderMap fields) {
        return name.equals(Headers.CONTENT_LENGTH) && "0".equals(fields.getFirst(name));
    }

    private static boolean isIgnored(HttpString name, NameSet ignored) {
        return !ignored.isEmpty() && ignored.contains(name.toString().toLowerCase(Locale.ROOT));
    }

    /** Whether the field goes along when the broker fetches for more than one client. */
    static boolean isPassedOn(HttpString name) {
        return isOrdinary(name) && !NOT_PASSED_ON.contains(name.toString().toLowerCase(Locale.ROOT));
    }
}
