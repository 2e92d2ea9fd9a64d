package io.fingerpost.agent.gateway;

import io.fingerpost.agent.fetch.Freshness;
import io.fingerpost.contract.http.ByteRange;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a request of a program wants, as far as it decides where the answer comes from.
 *
 * @param bypasses it is the origin's to answer: it carries secrets, insists, changes nothing but what is exactly there, or objects
 *        to sharing
 * @param isConditional it may be answered with 304
 * @param range of a GET; the whole if there is none that counts
 * @param longestAge how old an answer that nobody confirms may be (RFC 9111 §5.2.1.1); null for as old as the origin allows
 * @param onlyIfCached nobody may be asked (RFC 9111 §5.2.1.7)
 */
record Wanted(boolean bypasses, boolean isConditional, boolean isHead, ByteRange range, @Nullable Duration longestAge,
        boolean onlyIfCached) {
    private static final List<String> FOR_THE_ORIGIN = List.of("Authorization", "Cookie", "If-Match",
            "If-Unmodified-Since", "Sec-GPC");
    private static final List<String> CONDITIONS = List.of("If-None-Match", "If-Modified-Since", "If-Range");
    private static final List<String> INSISTING = List.of("no-cache", "no-store");

    static Wanted by(HttpServerExchange exchange) {
        var fields = exchange.getRequestHeaders();
        var directives = directives(fields);
        boolean bypasses = FOR_THE_ORIGIN.stream().anyMatch(fields::contains)
                || directives.stream().anyMatch(INSISTING::contains);
        boolean isHead = exchange.getRequestMethod().equals(Methods.HEAD);
        var range = ByteRange.parse(isHead ? null : fields.getFirst(Headers.RANGE));
        var longestAge = directives.stream().anyMatch(directive -> directive.startsWith("max-age="))
                ? Freshness.maxAge(directives, Duration.ZERO)
                : null;
        return new Wanted(bypasses, CONDITIONS.stream().anyMatch(fields::contains), isHead, range, longestAge,
                directives.contains("only-if-cached"));
    }

    /** `Pragma` says the same as `no-cache` where there is no `Cache-Control` (RFC 9111 §5.4). */
    private static List<String> directives(HeaderMap fields) {
        var lines = fields.get(Headers.CACHE_CONTROL);
        if (lines != null) {
            return Freshness.directives(String.join(",", lines));
        }
        return Freshness.directives(Objects.requireNonNullElse(fields.getFirst(Headers.PRAGMA), ""));
    }

    /** Whether it wants a file and nothing else. */
    boolean isPlain() {
        return !isConditional && !isHead && range instanceof ByteRange.Whole;
    }

    /** Whether it wants one part of a file, whatever that is now. */
    boolean isPlainPart() {
        return !isConditional && !isHead && (range instanceof ByteRange.FromTo || range instanceof ByteRange.Suffix);
    }

    /** Whether it wants all from some byte on. */
    boolean isRest() {
        return isPlainPart() && range instanceof ByteRange.FromTo(_, long last) && last == Long.MAX_VALUE;
    }

    boolean takes(Duration age) {
        return longestAge == null || age.compareTo(longestAge) <= 0;
    }
}
