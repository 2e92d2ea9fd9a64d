package io.fingerpost.broker.collapse;

import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.registry.representation.ResourceId;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;

/**
 * What a flight is to bring.
 *
 * @param request the first that wanted it
 * @param etag which entity tag has to be that of the answer, for a revalidation or a rest; else empty
 * @param start where in the body it begins that is wanted; a flight that is no rest brings it from 0 on
 */
record FlightPlan(Kind kind, EdgeRequest request, String etag, long start) {
    enum Kind {
        /** All of the body. */
        WHOLE,
        /** Whether what is known is still right, and if not, all of what has replaced it. */
        REVALIDATION,
        /** The body from a byte on, for readers that were lost. */
        REST
    }

    ResourceId resource() {
        return request.resource();
    }

    /** Whether who has {@code other} in mind can wait for the same answer. */
    boolean startsLike(FlightPlan other) {
        return kind == other.kind && etag.equals(other.etag) && other.start >= start
                && other.start <= start + Spool.READ_AHEAD
                && acceptsCoding() == other.acceptsCoding();
    }

    /** Whether an answer with {@code status} to a request for all is right for the one that wanted it first. */
    boolean isRightForFirst(int status) {
        return kind == Kind.WHOLE && (status != 200 || request.range() instanceof ByteRange.Whole);
    }

    /**
     * Where the answer to a request for the rest begins.
     *
     * @return -1 if it is not of the bytes that were begun
     */
    long startOfRest(int status, HeaderMap fields) {
        String range = fields.getFirst(Headers.CONTENT_RANGE);
        if (!etag.equals(fields.getFirst(Headers.ETAG)) || fields.contains(Headers.CONTENT_ENCODING)) {
            return -1;
        }
        return switch (status) {
            case 200 -> 0;
            case 206 -> range != null && range.startsWith("bytes " + start + "-") ? start : -1;
            default -> -1;
        };
    }

    /** Makes the fields of a client's request those of ours. */
    void adjust(HeaderMap fields) {
        if (kind == Kind.WHOLE) {
            return;
        }
        fields.remove(Headers.ACCEPT_ENCODING); // the entity tag is that of the identity coding
        if (kind == Kind.REVALIDATION) {
            fields.put(Headers.IF_NONE_MATCH, etag);
        } else {
            fields.put(Headers.RANGE, "bytes=" + start + "-");
            fields.put(Headers.IF_RANGE, etag);
        }
    }

    /** Whether the origin might answer with a coding, which the other kind of client cannot read. */
    boolean acceptsCoding() {
        return kind == Kind.WHOLE && request.acceptsCoding();
    }
}
