package io.fingerpost.registry.representation;

import io.fingerpost.contract.Representation;
import java.time.Instant;

/**
 * What a resource was last seen to be.
 *
 * @param freshUntil the first instant at which this is no longer believed without asking the origin
 */
public record Binding(Representation representation, Instant freshUntil) {
    public boolean isFresh(Instant now) {
        return now.isBefore(freshUntil);
    }

    /** @param now milliseconds since 1970 */
    public boolean isFresh(long now) {
        return now < freshUntil.toEpochMilli();
    }
}
