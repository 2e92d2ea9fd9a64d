package io.fingerpost.registry.http;

import io.fingerpost.contract.api.Problem;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/**
 * Runs what may wait on virtual threads, off the I/O thread, and no more of it at a time than a bound: beyond it, 503.
 */
public final class VirtualThreadHandler implements HttpHandler, AutoCloseable {
    private final HttpHandler next;
    private final Semaphore places;
    private final ExecutorService threads;

    /** @param name what the threads are called, for whoever looks at a thread dump */
    public VirtualThreadHandler(String name, int bound, HttpHandler next) {
        this.next = new ErrorHandler(next);
        this.places = new Semaphore(bound);
        this.threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name(name, 0).factory());
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        if (!places.tryAcquire()) {
            ProblemResponse.send(exchange, Problem.of(503, "busy", "too many requests at a time; try again"));
            return;
        }
        exchange.addExchangeCompleteListener((_, nextListener) -> {
            places.release();
            nextListener.proceed();
        });
        exchange.dispatch(threads, next);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
