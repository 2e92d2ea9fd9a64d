package io.fingerpost.broker.edge;

import io.fingerpost.broker.routing.Decision;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.broker.routing.Reason;
import io.fingerpost.registry.Registry;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.SameThreadExecutor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets a request that would go to the origin wait a moment for what other brokers know: one that has just begun would else fetch from
 * the origin, once more, all that the others have learned. When the shared store is slow, nobody waits for it.
 */
public final class Elsewhere {
    private static final Duration LONGEST = Duration.ofMillis(100);
    /** After one that was waited for in vain. */
    private static final Duration SULK = Duration.ofSeconds(5);

    private final Registry registry;
    private final InstantSource clock;
    private volatile long trustedAgain;

    public Elsewhere(Registry registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
    }

    /** Done when it is at hand what others know; null if there is nothing to wait for. */
    @Nullable
    CompletableFuture<Boolean> ask(EdgeRequest request, Decision decision) {
        if (!(decision instanceof Decision.Origin(var reason))
                || reason != Reason.UNKNOWN && reason != Reason.NO_HOLDER) {
            return null;
        }
        var coming = registry.bring(request.resource());
        return coming.isDone() || clock.millis() < trustedAgain ? null : coming;
    }

    /** Goes on with the request when it is done, but not much later. */
    void await(CompletableFuture<Boolean> coming, HttpServerExchange exchange, HttpHandler next) {
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> {
            var timely = coming.copy().orTimeout(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
            var _ = timely.whenComplete((_, failure) -> {
                if (failure != null) {
                    trustedAgain = clock.millis() + SULK.toMillis();
                }
                exchange.dispatch(exchange.getIoThread(), next);
            });
        });
    }
}
