package io.fingerpost.broker.edge;

import io.fingerpost.broker.origin.FieldLines;
import io.fingerpost.contract.http.HeaderFields;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one request. A decision asks for some thirty, of which hardly any request has more than five, so the absent ones
 * are told by a glance.
 */
final class RequestFields implements HeaderFields {
    private final HeaderMap fields;
    private final long kinds;

    RequestFields(HeaderMap fields) {
        this.fields = fields;
        long present = 0;
        for (long at = fields.fastIterateNonEmpty(); at != -1; at = fields.fiNextNonEmpty(at)) {
            HttpString name = fields.fiCurrent(at).getHeaderName();
            present |= name.length() == 0 ? 0 : kind((char) name.byteAt(0), name.length());
        }
        this.kinds = present;
    }

    /** One of 64 bits, by the first letter in either case and the length. */
    private static long kind(char first, int length) {
        return 1L << (first & 0x1f) + length * 5;
    }

    @Override
    public @Nullable String get(String name) {
        return (kinds & kind(name.charAt(0), name.length())) == 0 ? null : FieldLines.joined(fields, name);
    }
}
