package io.fingerpost.broker.origin;

import io.undertow.util.HeaderMap;
import org.jspecify.annotations.Nullable;

/** A header field as its definition reads it: all its lines as one (RFC 9110 §5.3). */
public final class FieldLines {
    private FieldLines() {}

    /** The lines joined by commas, or null if there is none. */
    public static @Nullable String joined(HeaderMap fields, String name) {
        var lines = fields.get(name);
        if (lines == null) {
            return null;
        }
        return lines.size() == 1 ? lines.getFirst() : String.join(", ", lines);
    }
}
