package io.fingerpost.registry.http;

import io.fingerpost.contract.api.Problem;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Fetches what a request needs before it is handled on its I/O thread; on virtual threads, and no more at a time than a bound: beyond it,
 * 503. However long the request is then handled, the place is free again.
 */
final class Fetching implements AutoCloseable {
    private final HttpHandler fetch;
    private final Semaphore places;
    private final ExecutorService threads = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("registry-leases-", 0).factory());

    /** @param fetch may wait; what it throws is the answer */
    Fetching(HttpHandler fetch, int bound) {
        this.fetch = fetch;
        this.places = new Semaphore(bound);
    }

    void then(HttpServerExchange exchange, HttpHandler next) {
        if (!places.tryAcquire()) {
            ProblemResponse.send(exchange, Problem.of(503, "busy", "too many requests at a time; try again"));
            return;
        }
        exchange.dispatch(threads, new ErrorHandler(fetched -> {
            try {
                fetch.handleRequest(fetched);
            } finally {
                places.release();
            }
            fetched.dispatch(fetched.getIoThread(), next);
        }));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
