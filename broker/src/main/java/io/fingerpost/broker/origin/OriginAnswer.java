package io.fingerpost.broker.origin;

import io.fingerpost.broker.label.Label;
import io.fingerpost.broker.label.Label.Refusal;
import io.fingerpost.broker.label.Label.Refused;
import io.fingerpost.broker.label.Label.Shareable;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.RepresentationHasher;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.representation.ResourceId;
import io.undertow.server.ConduitWrapper;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.ConduitFactory;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Looks at each answer of the origin when its head is known and its body about to flow: reads the label, keeps the
 * redirect table true to it, and hashes what is new.
 */
final class OriginAnswer implements ConduitWrapper<StreamSinkConduit> {
    private static final HttpString LABEL = new HttpString(FieldNames.LABEL);
    private static final HttpString REPR_DIGEST = new HttpString(FieldNames.REPR_DIGEST);
    private static final HttpString TARGET_REPR_DIGEST = new HttpString(FieldNames.TARGET_REPR_DIGEST);
    private static final HttpString VIA = new HttpString("Via");
    /** Methods that change nothing (RFC 9110 §9.2.1). */
    private static final Set<HttpString> SAFE = Set.of(Methods.GET, Methods.HEAD, Methods.OPTIONS, Methods.TRACE);

    private final RepresentationTable table;
    private final ResourceId resource;
    private final InstantSource clock;

    OriginAnswer(RepresentationTable table, ResourceId resource, InstantSource clock) {
        this.table = table;
        this.resource = resource;
        this.clock = clock;
    }

    @Override
    public StreamSinkConduit wrap(ConduitFactory<StreamSinkConduit> factory, HttpServerExchange exchange) {
        var fields = exchange.getResponseHeaders();
        HopByHopFields.strip(fields);
        fields.remove(TARGET_REPR_DIGEST); // ours alone to say
        fields.remove(LABEL);
        fields.add(VIA, OriginProxy.VIA);
        var hasher = learn(exchange, fields);
        var sink = factory.create();
        return hasher == null ? sink : new HashingConduit(sink, hasher.hasher, hasher::finish);
    }

    /** Keeps the table true to this answer; a body that is to be learned gets a hasher. */
    private @Nullable Learning learn(HttpServerExchange exchange, HeaderMap fields) {
        HttpString method = exchange.getRequestMethod();
        if (!SAFE.contains(method)) {
            return forget(); // RFC 9111 §4.4: it may have changed the resource
        }
        boolean get = method.equals(Methods.GET);
        if (!get && !method.equals(Methods.HEAD)) {
            return null;
        }
        return switch (exchange.getStatusCode()) {
            case 200 -> learnFromWhole(fields, get);
            case 206 -> compare(fields);
            case 304 -> confirm(fields);
            case 404, 410 -> forget();
            default -> null;
        };
    }

    private @Nullable Learning learnFromWhole(HeaderMap fields, boolean withBody) {
        return switch (Label.of(name -> FieldLines.joined(fields, name))) {
            case Refused(var why) -> {
                fields.put(LABEL, "refused;reason=" + why.text());
                // A coded answer is another representation: the identity one may be shareable all the same. And an answer
                // to HEAD need not have a length (RFC 9110 §9.3.2).
                boolean saysNothing = why == Refusal.CODED || why == Refusal.UNKNOWN_SIZE && !withBody;
                if (!saysNothing) {
                    table.refuse(resource);
                }
                yield null;
            }
            case Shareable shareable -> {
                fields.put(LABEL, "shareable");
                yield isKnown(shareable, fields) || !withBody ? null : new Learning(shareable);
            }
        };
    }

    /** Whether the table has this very representation already: then it stays fresh, and its digest can be told. */
    private boolean isKnown(Shareable shareable, HeaderMap fields) {
        Representation known = table.lookup(resource).map(binding -> binding.representation()).orElse(null);
        if (known == null) {
            return false;
        }
        boolean same = known.size() == shareable.size() && known.headers().equals(shareable.headers());
        if (same) {
            table.learn(resource, known, clock.instant().plus(shareable.freshFor()));
            if (!fields.contains(REPR_DIGEST)) {
                fields.put(REPR_DIGEST, DigestField.format(known.digest()));
            }
        } else {
            table.forget(resource); // out of routing at once, not only when the new bytes are hashed
        }
        return same;
    }

    /** A part under another entity tag is one of other bytes. */
    private @Nullable Learning compare(HeaderMap fields) {
        String etag = fields.getFirst(Headers.ETAG);
        var known = table.lookup(resource).map(binding -> binding.representation().headers().get("ETag"));
        boolean other = etag != null && known.isPresent() && !etag.equals(known.get());
        return other && !fields.contains(Headers.CONTENT_ENCODING) ? forget() : null;
    }

    private @Nullable Learning confirm(HeaderMap fields) {
        String etag = fields.getFirst("ETag");
        var known = table.lookup(resource).orElse(null);
        if (known == null || etag == null) {
            return null;
        }
        // A 304 need not repeat the fields that make the label; what it does say replaces what was said before.
        var merged = new HashMap<String, @Nullable String>(known.representation().headers().fields());
        ReplayedHeaders.NAMES.stream().filter(fields::contains)
                .forEach(name -> merged.put(name, FieldLines.joined(fields, name)));
        merged.put("Content-Length", Long.toString(known.representation().size()));
        switch (Label.of(name -> merged.containsKey(name) ? merged.get(name) : FieldLines.joined(fields, name))) {
            case Shareable(_, var freshFor, _) -> table.confirm(resource, etag, clock.instant().plus(freshFor));
            case Refused _ -> table.refuse(resource);
        }
        return null;
    }

    private @Nullable Learning forget() {
        table.forget(resource);
        return null;
    }

    /** A representation that is being hashed. */
    private final class Learning {
        private final Shareable shareable;
        private final RepresentationHasher hasher;
        private final Instant freshUntil;

        Learning(Shareable shareable) {
            this.shareable = shareable;
            this.freshUntil = clock.instant().plus(shareable.freshFor()); // from now on, however long the body takes
            table.begin(resource, String.valueOf(shareable.headers().get("ETag")));
            this.hasher = new RepresentationHasher(new PieceLayout(shareable.size()));
        }

        void finish() {
            table.learn(resource, hasher.finish(shareable.headers()), freshUntil);
        }
    }
}
