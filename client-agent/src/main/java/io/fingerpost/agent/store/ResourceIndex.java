package io.fingerpost.agent.store;

import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Sha256;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers, for a bounded number of resources, which digest each was last and under which entity tag, so that the agent can
 * ask whether that still holds instead of fetching it again. Kept in memory: a restart costs one round trip a resource.
 */
public final class ResourceIndex {
    private static final int MAX_RESOURCES = 100_000;

    private final Map<String, Known> known = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MAX_RESOURCES;
        }
    });

    /** What a resource was last; its header fields, for others may have the same bytes under other ones. */
    public record Known(Sha256 digest, ReplayedHeaders headers) {
        /** The entity tag to ask by; everything that is shared has one. */
        public String etag() {
            return headers.fields().getOrDefault("ETag", "");
        }
    }

    public void remember(String resource, Known value) {
        known.put(resource, value);
    }

    public Optional<Known> lookup(String resource) {
        return Optional.ofNullable(known.get(resource));
    }
}
