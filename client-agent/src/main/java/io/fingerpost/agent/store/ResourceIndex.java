package io.fingerpost.agent.store;

import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Sha256;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers, for a bounded number of resources, which digest each was last, under which header fields, and when that was last
 * confirmed, so that the agent can use it again, or ask whether it still holds instead of fetching it again. Kept in memory: a
 * restart costs one round trip a resource.
 */
public final class ResourceIndex {
    private static final int MAX_RESOURCES = 100_000;
    /** Of what is confirmed by a clock that was set back since, nothing is known. */
    private static final Duration UNKNOWN = Duration.ofDays(3650);

    private final InstantSource clock;
    private final Map<String, Known> known = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MAX_RESOURCES;
        }
    });

    public ResourceIndex(InstantSource clock) {
        this.clock = clock;
    }

    /** What a resource was last; its header fields, for others may have the same bytes under other ones. */
    public record Known(Sha256 digest, ReplayedHeaders headers, Instant confirmed) {
        /** The entity tag to ask by; everything that is shared has one. */
        public String etag() {
            return headers.fields().getOrDefault("ETag", "");
        }
    }

    /** @param confirmed when somebody who knows said so; the epoch if that is not known */
    public void remember(String resource, Sha256 digest, ReplayedHeaders headers, Instant confirmed) {
        known.put(resource, new Known(digest, headers, confirmed));
    }

    public void forget(String resource) {
        known.remove(resource);
    }

    public Instant now() {
        return clock.instant();
    }

    public Optional<Known> lookup(String resource) {
        return Optional.ofNullable(known.get(resource));
    }

    /** How long ago it was confirmed. */
    public Duration age(Known value) {
        var age = Duration.between(value.confirmed(), clock.instant());
        return age.isNegative() ? UNKNOWN : age;
    }
}
