package io.fingerpost.broker.collapse;

import io.fingerpost.broker.origin.Lesson;
import io.undertow.server.Connectors;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The head of an answer of the origin, ready to be passed on.
 *
 * @param fields not to be changed any more
 * @param lesson what there is to learn from the body, if it is one that may be shared
 * @param at when it came
 */
record OriginHead(int status, HeaderMap fields, @Nullable Lesson lesson, Instant at) {
    private static final HttpString ALLOW_ORIGIN = new HttpString("Access-Control-Allow-Origin");

    /** Whether others than the one who asked may have this answer: one that names a single site's origin is for that alone. */
    boolean isForEveryone() {
        String allowed = fields.getFirst(ALLOW_ORIGIN);
        return allowed == null || allowed.equals("*");
    }

    /** Bytes of the body; {@link Long#MAX_VALUE} if only its end will tell. */
    long length() {
        if (!Connectors.isEntityBodyAllowed(status)) {
            return 0;
        }
        String length = fields.getFirst(Headers.CONTENT_LENGTH);
        return length != null && length.matches("\\d{1,18}") ? Long.parseLong(length) : Long.MAX_VALUE;
    }

    /** How old the answer is, in seconds (RFC 9111 §4.2.3). */
    long age(Instant now) {
        String age = fields.getFirst(Headers.AGE);
        long before = age != null && age.matches("\\d{1,12}") ? Long.parseLong(age) : 0;
        return before + Math.max(0, Duration.between(at, now).toSeconds());
    }
}
