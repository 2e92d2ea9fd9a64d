package io.fingerpost.agent.fetch;

import io.fingerpost.agent.store.Blob;
import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.agent.store.ResourceIndex;
import io.fingerpost.agent.store.ResourceIndex.Known;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.HashMap;
import java.util.Optional;

/** What is stored of which resource, and for how long that may be used without asking (RFC 9111 §4). */
public final class StoredResources {
    /** The registry says what a resource is, and not since when that is known. */
    static final Instant UNKNOWN = Instant.EPOCH;

    private final BlobStore store;
    private final ResourceIndex index;

    StoredResources(BlobStore store, ResourceIndex index) {
        this.store = store;
        this.index = index;
    }

    /** What is stored of a resource, if nobody has to be asked whether it is still right (RFC 9111 §4.2). */
    public Optional<Stored> fresh(String resource) {
        return stored(resource).filter(stored -> !stored.timeLeft().isNegative() && !stored.lifetime().isZero());
    }

    /** The same when nobody can be asked, unless the origin forbids it (RFC 9111 §4.2.4). */
    public Optional<Stored> stale(String resource) {
        return stored(resource)
                .filter(stored -> Freshness.of(stored.blob().representation().headers()).allowsStale());
    }

    private Optional<Stored> stored(String resource) {
        return known(resource).flatMap(last -> blob(last)
                .map(blob -> new Stored(blob, index.age(last), Freshness.of(last.headers()).lifetime())));
    }

    /** What a resource was last, if that is stored. */
    Optional<Known> known(String resource) {
        return index.lookup(resource).filter(last -> store.contains(last.digest()));
    }

    private Optional<Blob> blob(Known known) {
        return store.find(known.digest()).map(blob -> blob.under(known.headers()));
    }

    /** What is stored of a resource that is this now, as the registry says. */
    Optional<Blob> held(String resource, Representation representation) {
        var held = store.find(representation.digest()).map(blob -> blob.under(representation.headers()));
        held.ifPresent(blob -> remember(resource, blob, UNKNOWN));
        return held;
    }

    /** @param confirmed when the origin said so, or {@link #UNKNOWN} */
    void remember(String resource, Blob blob, Instant confirmed) {
        var representation = blob.representation();
        index.remember(resource, representation.digest(), representation.headers(), confirmed);
    }

    /**
     * What a 304 says of the stored answer counts from now on (RFC 9111 §4.3.4). Empty if it may not be kept any more.
     *
     * @param asked when the request was sent
     */
    Optional<Blob> confirmed(String resource, Known known, HttpResponse<?> answer, Instant asked) {
        var headers = updated(known.headers(), answer.headers());
        if (headers.isEmpty() || Freshness.forbidsStoring(headers.get())) {
            index.forget(resource);
            return Optional.empty();
        }
        index.remember(resource, known.digest(), headers.get(), confirmation(answer, asked));
        return blob(new Known(known.digest(), headers.get(), asked));
    }

    /** Empty if a field cannot be replayed. */
    private static Optional<ReplayedHeaders> updated(ReplayedHeaders before, HttpHeaders answer) {
        try {
            var fields = new HashMap<>(before.fields());
            fields.putAll(replayed(answer).fields());
            return Optional.of(new ReplayedHeaders(fields));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** When the origin said that this is what the resource is, as far as caches on the way tell (RFC 9111 §4.2.3). */
    static Instant confirmation(HttpResponse<?> answer, Instant asked) {
        String age = answer.headers().firstValue("Age").orElse("0");
        return age.matches("\\d{1,9}") ? asked.minusSeconds(Long.parseLong(age)) : UNKNOWN;
    }

    /** @throws IllegalArgumentException if a field is too long to be replayed */
    static ReplayedHeaders replayed(HttpHeaders headers) {
        var fields = new HashMap<String, String>();
        for (String name : ReplayedHeaders.NAMES) {
            var lines = headers.allValues(name);
            if (!lines.isEmpty()) {
                fields.put(name, String.join(", ", lines));
            }
        }
        return new ReplayedHeaders(fields);
    }

    Instant now() {
        return index.now();
    }
}
