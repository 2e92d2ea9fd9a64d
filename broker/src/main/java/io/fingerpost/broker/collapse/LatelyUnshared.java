package io.fingerpost.broker.collapse;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fingerpost.registry.representation.ResourceId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * Remembers for some seconds which fetches of a whole brought what was not for sharing: who waited for the next of them would
 * probably wait in vain, and ask for itself only then.
 *
 * <p>Not for revalidations: they may spare a whole body, which is worth a wait. Safe for use by many threads.
 */
final class LatelyUnshared {
    private static final int MAX_RESOURCES = 10_000;
    private static final Duration MEMORY = Duration.ofSeconds(10);

    private final Cache<Asked, Boolean> seen;

    private record Asked(ResourceId resource, boolean acceptsCoding) {
        static Asked by(FlightPlan plan) {
            return new Asked(plan.resource(), plan.acceptsCoding());
        }
    }

    LatelyUnshared(InstantSource clock) {
        this.seen = Caffeine.newBuilder().maximumSize(MAX_RESOURCES).expireAfterWrite(MEMORY)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis())).build();
    }

    /** The head of the answer to {@code plan} is there. */
    void note(FlightPlan plan, boolean shared) {
        if (shared) {
            seen.invalidate(Asked.by(plan));
        } else if (plan.kind() == FlightPlan.Kind.WHOLE) {
            seen.put(Asked.by(plan), true);
        }
    }

    boolean contains(FlightPlan plan) {
        return plan.kind() == FlightPlan.Kind.WHOLE && seen.getIfPresent(Asked.by(plan)) != null;
    }
}
