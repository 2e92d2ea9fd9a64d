package io.fingerpost.broker.admin;

import io.fingerpost.broker.metrics.BrokerMetrics;
import io.fingerpost.contract.api.Problem;
import io.fingerpost.registry.http.ProblemResponse;
import io.undertow.Handlers;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.util.function.BooleanSupplier;

/** `/livez`, `/readyz` and `/metrics`. */
public final class AdminHandler implements HttpHandler {
    private final HttpHandler routes;

    /** @param ready whether new requests are welcome; nothing behind the broker has a say, for it can always proxy */
    public AdminHandler(BrokerMetrics metrics, BooleanSupplier ready) {
        this.routes = Handlers.routing()
                .get("/livez", exchange -> answer(exchange, 200, "ok"))
                .get("/readyz", exchange -> answer(exchange, ready.getAsBoolean() ? 200 : 503,
                        ready.getAsBoolean() ? "ok" : "draining"))
                .get("/metrics", exchange -> {
                    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
                    exchange.getResponseSender().send(metrics.scrape());
                })
                .setFallbackHandler(exchange -> ProblemResponse.send(exchange, Problem.of(404, "no-such-path",
                        "the admin listener has /livez, /readyz and /metrics")))
                .setInvalidMethodHandler(
                        exchange -> ProblemResponse.send(exchange, Problem.of(405, "method-not-allowed",
                                "this path takes GET")));
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        routes.handleRequest(exchange);
    }

    private static void answer(HttpServerExchange exchange, int status, String text) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
        exchange.getResponseSender().send(text + "\n");
    }
}
