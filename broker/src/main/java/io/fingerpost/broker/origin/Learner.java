package io.fingerpost.broker.origin;

import io.fingerpost.broker.label.Label;
import io.fingerpost.broker.label.Label.Refusal;
import io.fingerpost.broker.label.Label.Refused;
import io.fingerpost.broker.label.Label.Shareable;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.broker.rules.LiveRules;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import io.fingerpost.registry.representation.Binding;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.representation.ResourceId;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the label off the heads of the origin's answers, and keeps the redirect table true to them. */
public final class Learner {
    private static final HttpString LABEL = new HttpString(FieldNames.LABEL);
    private static final HttpString REPR_DIGEST = new HttpString(FieldNames.REPR_DIGEST);
    private static final HttpString TARGET_REPR_DIGEST = new HttpString(FieldNames.TARGET_REPR_DIGEST);
    private static final HttpString VIA = new HttpString("Via");
    /** Methods that change nothing (RFC 9110 §9.2.1). */
    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

    private final RepresentationTable table;
    private final LiveRules rules;
    private final InstantSource clock;

    public Learner(RepresentationTable table, LiveRules rules, InstantSource clock) {
        this.table = table;
        this.rules = rules;
        this.clock = clock;
    }

    /** Makes the fields of an answer those of a proxy's answer. */
    void pass(HeaderMap fields) {
        HopByHopFields.strip(fields);
        fields.remove(TARGET_REPR_DIGEST); // ours alone to say
        fields.remove(LABEL);
        fields.add(VIA, OriginProxy.VIA);
    }

    /**
     * Takes in the head of an answer whose body passes by unseen.
     *
     * @param teaches whether the request was one of which anybody's would have been answered the same
     */
    public void hear(EdgeRequest request, boolean teaches, int status, HeaderMap fields) {
        pass(fields);
        ResourceId resource = request.resource();
        if (!SAFE.contains(request.method())) {
            if (status < 400) {
                table.forget(resource); // RFC 9111 §4.4: it may have changed the resource
            }
            return;
        }
        if (!request.isGetOrHead()) {
            return;
        }
        switch (status) {
            case 200 -> hearWhole(request, teaches, fields);
            case 206, 304, 404, 410 -> {
                if (teaches) {
                    hearOther(request, status, fields);
                }
            }
            default -> {
                // says nothing about the resource
            }
        }
    }

    private void hearOther(EdgeRequest request, int status, HeaderMap fields) {
        switch (status) {
            case 206 -> hearPart(request.resource(), fields);
            case 304 -> confirm(request, fields);
            default -> table.forget(request.resource());
        }
    }

    private void hearWhole(EdgeRequest request, boolean teaches, HeaderMap fields) {
        ResourceId resource = request.resource();
        switch (Label.of(name -> FieldLines.joined(fields, name), request.terms())) {
            case Refused(var why) -> {
                fields.put(LABEL, "refused;reason=" + why.text());
                // An answer to HEAD need not have a length (RFC 9110 §9.3.2).
                boolean headOnly = why == Refusal.UNKNOWN_SIZE && request.method().equals("HEAD");
                // One that varies because a page's origin was named says little about what all others get.
                boolean byOrigin = why == Refusal.VARIES && request.has("Origin");
                if (teaches && why != Refusal.CODED && !headOnly && !byOrigin) {
                    table.refuse(resource);
                }
            }
            case Shareable shareable -> {
                fields.put(LABEL, "shareable");
                Representation known = refreshed(request, shareable, teaches, said(shareable, fields));
                if (known != null) {
                    nameDigest(known, fields);
                } else if (!learnFromHead(request, shareable, teaches, fields)) {
                    table.allow(resource);
                }
            }
        }
    }

    /** What the table has, if the answer is that very representation: then it stays fresh. */
    private @Nullable Representation refreshed(EdgeRequest request, Shareable shareable, boolean teaches,
            Optional<Representation> said) {
        ResourceId resource = request.resource();
        Representation known = table.lookup(resource).map(Binding::representation).orElse(null);
        if (known == null) {
            return null;
        }
        boolean saysOther = said.filter(told -> !told.digest().equals(known.digest())).isPresent();
        if (!saysOther && known.size() == shareable.size() && known.headers().equals(shareable.headers())) {
            learn(request, known, clock.instant().plus(shareable.freshFor()));
            return known;
        }
        if (teaches) {
            table.forget(resource); // out of routing at once, not only when the new bytes are known
        }
        return null;
    }

    private static void nameDigest(Representation known, HeaderMap fields) {
        if (!fields.contains(REPR_DIGEST)) {
            fields.put(REPR_DIGEST, DigestField.format(known.digest()));
        }
    }

    /** An origin that says the digest is believed without a look at the body. */
    private boolean learnFromHead(EdgeRequest request, Shareable shareable, boolean teaches, HeaderMap fields) {
        Optional<Representation> said = said(shareable, fields);
        if (!teaches || said.isEmpty()) {
            return false;
        }
        table.begin(request.resource(), shareable.etag());
        learn(request, said.get(), clock.instant().plus(shareable.freshFor()));
        return true;
    }

    private static Optional<Representation> said(Shareable shareable, HeaderMap fields) {
        return Optional.ofNullable(FieldLines.joined(fields, FieldNames.REPR_DIGEST))
                .flatMap(DigestField::parse)
                .map(digest -> Representation.ofDigest(digest, shareable.size(), shareable.headers()));
    }

    /** A part under another entity tag is one of other bytes. */
    private void hearPart(ResourceId resource, HeaderMap fields) {
        String etag = fields.getFirst(Headers.ETAG);
        var known = table.lookup(resource).map(binding -> binding.representation().headers().get("ETag"));
        boolean other = etag != null && known.isPresent() && !etag.equals(known.get());
        if (other && !fields.contains(Headers.CONTENT_ENCODING)) {
            table.forget(resource);
        }
    }

    /** A 304 to whoever asked: what is known under its entity tag is fresh again, and under another is forgotten. */
    public void confirm(EdgeRequest request, HeaderMap fields) {
        ResourceId resource = request.resource();
        String etag = fields.getFirst("ETag");
        var known = table.lookup(resource).orElse(null);
        if (known == null || etag == null) {
            return;
        }
        if (!etag.equals(known.representation().headers().get("ETag"))) {
            if (!request.acceptsCoding()) { // else it may be that of a coded copy, which it does not say
                table.forget(resource);
            }
            return;
        }
        // A 304 need not repeat the fields that make the label; what it does say replaces what was said before.
        var merged = new HashMap<String, @Nullable String>(known.representation().headers().fields());
        ReplayedHeaders.NAMES.stream().filter(fields::contains)
                .forEach(name -> merged.put(name, FieldLines.joined(fields, name)));
        merged.put("Content-Length", Long.toString(known.representation().size()));
        switch (Label.of(name -> merged.containsKey(name) ? merged.get(name) : FieldLines.joined(fields, name),
                request.terms())) {
            case Shareable(_, var freshFor, _) -> table.confirm(resource, etag, clock.instant().plus(freshFor));
            case Refused _ -> table.refuse(resource);
        }
    }

    /**
     * Takes in the head of an answer whose body will be seen whole.
     *
     * @return how to learn from the body, if the answer is one that may be shared; the fields are then ready to be passed on
     */
    public Optional<Lesson> study(EdgeRequest request, int status, HeaderMap fields) {
        ResourceId resource = request.resource();
        if (status != 200
                || !(Label.of(name -> FieldLines.joined(fields, name),
                        request.terms()) instanceof Shareable shareable)) {
            return Optional.empty();
        }
        pass(fields);
        fields.put(LABEL, "shareable");
        Optional<Representation> said = said(shareable, fields);
        Representation known = refreshed(request, shareable, true, said);
        table.begin(resource, shareable.etag());
        var freshUntil = clock.instant().plus(shareable.freshFor()); // from now on, however long the body takes
        if (known != null) {
            nameDigest(known, fields);
        }
        said.filter(_ -> known == null).ifPresent(told -> learn(request, told, freshUntil));
        boolean complete = known != null && known.hasPieces() || said.map(Representation::hasPieces).orElse(false);
        return Optional.of(complete
                ? Lesson.known(shareable, freshUntil)
                : Lesson.hashing(shareable, freshUntil, said.map(Representation::digest),
                        learned -> learn(request, learned, freshUntil)));
    }

    /** What was seen under terms that hold no longer is not learned, nor if they change at this very moment. */
    private void learn(EdgeRequest request, Representation representation, Instant freshUntil) {
        table.learn(request.resource(), representation, freshUntil);
        if (!rules.hold(request.resource(), request.terms())) {
            table.forget(request.resource());
        }
    }

    /** Whether the origin has not begun to send anything else since it began to send this. */
    public boolean isCurrent(ResourceId resource, String etag) {
        return table.isBegun(resource, etag);
    }
}
