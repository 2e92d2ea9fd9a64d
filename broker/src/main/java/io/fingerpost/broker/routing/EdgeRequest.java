package io.fingerpost.broker.routing;

import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import io.fingerpost.contract.http.HeaderFields;
import io.fingerpost.registry.representation.ResourceId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request as the decision sees it.
 *
 * @param path as the client sent it, undecoded, without the query
 * @param query undecoded, without the question mark; may be empty
 * @param client who sent it
 * @param fields all lines of a header field joined by commas, or null if it is absent
 */
public record EdgeRequest(String method, String path, String query, Client client,
        HeaderFields fields) {
    public ResourceId resource() {
        return new ResourceId(query.isEmpty() ? path : path + "?" + query);
    }

    public boolean isGetOrHead() {
        return method.equals("GET") || method.equals("HEAD");
    }

    public boolean has(String field) {
        return fields.get(field) != null;
    }

    /** Whether {@code field} is present and contains {@code part}, in any case. */
    public boolean mentions(String field, String part) {
        String value = fields.get(field);
        return value != null && value.toLowerCase(Locale.ROOT).contains(part);
    }

    /** Whether the client could read another coding than identity. */
    public boolean acceptsCoding() {
        String accepted = fields.get("Accept-Encoding");
        return accepted != null && !accepted.isBlank() && !accepted.strip().equalsIgnoreCase("identity");
    }

    public ByteRange range() {
        return ByteRange.parse(fields.get("Range"));
    }

    /** Whether the client says that it checks digests: it asks for one, or reads Metalink. */
    public boolean verifies() {
        String wanted = fields.get(FieldNames.WANT_REPR_DIGEST);
        return wanted != null && DigestField.wants(wanted)
                || mentions(FieldNames.WANT_DIGEST, "sha-256")
                || mentions("Accept", "application/metalink4+xml");
    }

    /** The id of the peer that asks, if it is one and says so. */
    public @Nullable String peer() {
        return fields.get(FieldNames.PEER);
    }
}
