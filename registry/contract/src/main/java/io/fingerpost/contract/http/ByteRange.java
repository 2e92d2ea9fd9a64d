package io.fingerpost.contract.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a `Range` field asks for (RFC 9110 §14.2). */
public sealed interface ByteRange {
    /** No `Range`, or one that has to be ignored: a unit other than bytes, or bad syntax. */
    record Whole() implements ByteRange {
        private static final Whole ALL = new Whole();
    }

    /** More than one range. */
    record Multiple() implements ByteRange {}

    /** From {@code first} to {@code last}, both included; {@link Long#MAX_VALUE} means to the end. */
    record FromTo(long first, long last) implements ByteRange {}

    /** The last {@code length} bytes. */
    record Suffix(long length) implements ByteRange {}

    /** A part of a representation; both ends included. */
    record Span(long first, long last) {
        public long length() {
            return last - first + 1;
        }

        /** The `Content-Range` for a representation of {@code size} bytes. */
        public String contentRange(long size) {
            return "bytes " + first + "-" + last + "/" + size;
        }
    }

    Pattern SINGLE = Pattern.compile("bytes=\\s*(\\d{0,18})-(\\d{0,18})\\s*", Pattern.CASE_INSENSITIVE);
    Pattern SEVERAL = Pattern.compile("bytes=[\\d\\s-]*,[\\d\\s,-]*", Pattern.CASE_INSENSITIVE);

    /** Reads a `Range` field; {@code null} stands for none. */
    static ByteRange parse(@Nullable String field) {
        if (field == null) {
            return Whole.ALL;
        }
        Matcher single = SINGLE.matcher(field);
        if (!single.matches()) {
            return SEVERAL.matcher(field).matches() ? new Multiple() : Whole.ALL;
        }
        String first = single.group(1);
        String last = single.group(2);
        if (first.isEmpty()) {
            return last.isEmpty() ? Whole.ALL : new Suffix(Long.parseLong(last));
        }
        var range = new FromTo(Long.parseLong(first), last.isEmpty() ? Long.MAX_VALUE : Long.parseLong(last));
        return range.last < range.first ? Whole.ALL : range;
    }

    /** The part of {@code size} bytes that is meant; {@code null} if none of them is (416). */
    default @Nullable Span resolve(long size) {
        Span span = switch (this) {
            case Whole _,Multiple _ -> new Span(0, size - 1);
            case FromTo(long first, long last) -> new Span(first, Math.min(last, size - 1));
            case Suffix(long length) -> new Span(Math.max(0, size - length), size - 1);
        };
        boolean nothing = span.first >= size || this instanceof Suffix(long length) && length == 0;
        return nothing ? null : span;
    }
}
