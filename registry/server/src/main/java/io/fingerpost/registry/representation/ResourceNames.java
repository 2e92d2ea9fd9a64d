package io.fingerpost.registry.representation;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells which resource is meant by what clients ask for. Safe for use by many threads; does not wait. */
public interface ResourceNames {
    /** Every host is the only site, and all of the query counts. */
    ResourceNames PLAIN = (_, path, query) -> Optional
            .of(new ResourceId(query.isEmpty() ? path : path + "?" + query));

    /**
     * The resource's name.
     *
     * @param host the `Host` field, with or without a port; null if there is none
     * @param query without the question mark; may be empty
     * @return empty if the host is that of no site
     */
    Optional<ResourceId> name(@Nullable String host, String path, String query);
}
