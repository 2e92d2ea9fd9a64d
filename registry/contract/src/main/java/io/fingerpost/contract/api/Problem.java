package io.fingerpost.contract.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;

/**
 * An error, as RFC 9457 wants it told.
 *
 * @param type names the kind of error; a client may decide by it
 * @param title the kind in words
 * @param status the HTTP status, equal to the response's own
 * @param detail what happened this time and what to do
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Problem(String type, String title, int status, String detail) {
    public static final String MEDIA_TYPE = "application/problem+json";
    private static final String TYPE_PREFIX = "urn:fingerpost:problem:";

    /** A problem of ours: {@code kind} is lower-case words joined by dashes. */
    public static Problem of(int status, String kind, String detail) {
        return new Problem(TYPE_PREFIX + kind, kind.replace('-', ' '), status, detail);
    }

    /** Whether this is the problem that {@link #of} makes for {@code kind}. */
    public boolean is(String kind) {
        return type.equals(TYPE_PREFIX + kind);
    }
}
