package io.fingerpost.broker.routing;

import io.fingerpost.broker.rules.SharingConfig;
import io.fingerpost.broker.rules.Terms;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import io.fingerpost.contract.http.HeaderFields;
import io.fingerpost.registry.representation.ResourceId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request as the decision sees it.
 *
 * @param path as the client sent it, undecoded, without the query
 * @param query undecoded, without the question mark; may be empty
 * @param resource what it is for
 * @param terms what the operator says about that
 * @param client who sent it
 * @param isOrdinary whether it has only fields that are neither credentials nor change the answer for others
 * @param fields all lines of a header field joined by commas, or null if it is absent
 */
public record EdgeRequest(String method, String path, String query, ResourceId resource, Terms terms, Client client,
        boolean isOrdinary, HeaderFields fields) {
    private static final List<String> CONDITIONS = List.of("If-None-Match", "If-Modified-Since", "If-Match",
            "If-Unmodified-Since", "If-Range");

    /** The same with other fields. */
    public EdgeRequest withFields(HeaderFields others) {
        return new EdgeRequest(method, path, query, resource, terms, client, isOrdinary, others);
    }

    /** Whether what the origin answers is what it would answer to anybody, so that something can be learned from it. */
    public boolean mayTeach() {
        return isGetOrHead() && isOrdinary && path.length() <= SharingConfig.LONGEST && !SignedQuery.is(query);
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

    /** Whether the answer depends on a condition, which is for the origin to judge (RFC 9110 §13.1). */
    public boolean isConditional() {
        for (String condition : CONDITIONS) {
            if (has(condition)) {
                return true;
            }
        }
        return false;
    }

    /** The same without conditions and range. */
    public EdgeRequest unconditional() {
        return withFields(name -> name.equals("Range") || CONDITIONS.contains(name) ? null : fields.get(name));
    }

    /** Whether it brings content, on which the answer may depend. */
    public boolean hasBody() {
        String length = fields.get("Content-Length");
        return length != null && !length.equals("0") || has("Transfer-Encoding");
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
                || wants(FieldNames.WANT_DIGEST, "sha-256")
                || readsMetalink();
    }

    /** Whether the client takes a Metalink for an answer. */
    public boolean readsMetalink() {
        return wants("Accept", "application/metalink4+xml");
    }

    /** Whether {@code field} names {@code what}, and not with a weight of 0 (RFC 9110 §12.4.2). */
    private boolean wants(String field, String what) {
        if (!mentions(field, what)) {
            return false;
        }
        for (String item : String.valueOf(fields.get(field)).toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] parts = item.split(";", -1);
            if (parts[0].strip().equals(what)
                    && Arrays.stream(parts).map(String::strip).noneMatch(part -> part.matches("q=0(\\.0{0,3})?"))) {
                return true;
            }
        }
        return false;
    }

    /** Whether it comes from a browser's page (Fetch metadata). */
    public boolean isFromPage() {
        return has("Sec-Fetch-Mode") || has("Sec-Fetch-Dest");
    }

    /** Whether nothing but TLS is of use to it: a page that came by TLS loads nothing without. */
    public boolean needsTls() {
        return client.secure() && isFromPage();
    }

    /** Whether a browser may have sent it: one without Fetch metadata still says where the request comes from, if it lets that be known. */
    public boolean isFromBrowser() {
        return isFromPage() || has("Origin") || has("Referer");
    }

    /** The id of the peer that asks, if it is one and says so. */
    public @Nullable String peer() {
        return fields.get(FieldNames.PEER);
    }
}
