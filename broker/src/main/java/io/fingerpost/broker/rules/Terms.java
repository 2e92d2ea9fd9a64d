package io.fingerpost.broker.rules;

import io.fingerpost.contract.config.ByteSize;
import java.time.Duration;

/**
 * What holds for a resource and the requests for it ({@code sharing.*}, and each of {@code sharing.rules}).
 *
 * @param audience which clients may be sent to peers that the operator does not vouch for
 * @param minSize smaller bodies are served from the origin
 * @param freshFor how long an answer is believed to which the origin gives no lifetime; 0 for not at all
 * @param ignoreCookies a request whose cookies are all of these counts as one without, and loses them on its way
 * @param ignoreFields request fields, in lower case, that are known neither to be credentials nor to change the answer
 * @param countQuery the query parameters that make another resource; others are not passed on
 * @param encodedSlashes whether `%2F` may stand in a path
 */
public record Terms(Share share, Audience audience, ByteSize minSize, Duration freshFor, NameSet ignoreCookies,
        NameSet ignoreFields, NameSet countQuery, OnMiss onMiss, MetalinkUse metalink, boolean encodedSlashes) {
    public Terms {
        if (freshFor.isNegative()) {
            throw new IllegalArgumentException("fresh-for must not be negative, was " + freshFor);
        }
    }

    /** Whether a `Cookie` field has only cookies that may be ignored. */
    public boolean ignoresAll(String cookies) {
        if (ignoreCookies.isEmpty()) {
            return false;
        }
        for (int at = 0; at < cookies.length();) {
            int end = cookies.indexOf(';', at);
            end = end < 0 ? cookies.length() : end;
            String cookie = cookies.substring(at, end).strip();
            int equals = cookie.indexOf('=');
            if (!cookie.isEmpty()
                    && !ignoreCookies.contains((equals < 0 ? cookie : cookie.substring(0, equals)).strip())) {
                return false;
            }
            at = end + 1;
        }
        return true;
    }

    /** The part of a query that counts, in its order. */
    public String counted(String query) {
        if (query.isEmpty() || countQuery.isAll()) {
            return query;
        }
        var counted = new StringBuilder();
        for (int at = 0; at < query.length();) {
            int end = query.indexOf('&', at);
            end = end < 0 ? query.length() : end;
            int equals = query.indexOf('=', at);
            if (countQuery.contains(query.substring(at, equals < 0 || equals > end ? end : equals))) {
                counted.append(counted.isEmpty() ? "" : "&").append(query, at, end);
            }
            at = end + 1;
        }
        return counted.toString();
    }
}
