package io.fingerpost.agent.fetch;

import io.fingerpost.agent.store.Blob;
import java.time.Duration;

/**
 * What is stored of a resource.
 *
 * @param age since the broker or the origin said last that this is what the resource is
 * @param lifetime until when nobody has to be asked
 */
public record Stored(Blob blob, Duration age, Duration lifetime) {
    /** How much longer it may be used without asking; negative if it is stale. */
    public Duration timeLeft() {
        return lifetime.minus(age);
    }
}
