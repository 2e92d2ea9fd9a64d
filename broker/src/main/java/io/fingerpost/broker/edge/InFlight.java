package io.fingerpost.broker.edge;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Knows the requests under way, so that a broker that stops can let them end. */
public final class InFlight implements HttpHandler {
    private static final long CHECK_NANOS = 10_000_000;

    private final HttpHandler next;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile boolean draining;

    public InFlight(HttpHandler next) {
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        requests.incrementAndGet();
        exchange.addExchangeCompleteListener((_, nextListener) -> {
            requests.decrementAndGet();
            nextListener.proceed();
        });
        if (draining) {
            exchange.setPersistent(false);
            exchange.getResponseHeaders().put(Headers.CONNECTION, "close");
        }
        next.handleRequest(exchange);
    }

    /** From now on connections end with their request; returns when none is under way or the time is over. */
    public void drain(Duration atMost) {
        draining = true;
        long deadline = System.nanoTime() + atMost.toNanos();
        while (requests.get() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(CHECK_NANOS);
        }
    }

    public boolean isDraining() {
        return draining;
    }
}
