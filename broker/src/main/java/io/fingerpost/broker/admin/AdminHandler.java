package io.fingerpost.broker.admin;

import io.fingerpost.broker.metrics.BrokerMetrics;
import io.fingerpost.contract.api.Problem;
import io.fingerpost.contract.api.WireJson;
import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.registry.http.ProblemResponse;
import io.fingerpost.registry.http.VirtualThreadHandler;
import io.undertow.Handlers;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/** `/livez`, `/readyz`, `/metrics` and the admin API. */
public final class AdminHandler implements HttpHandler, AutoCloseable {
    private static final int MAX_CONCURRENT = 16;

    private final JsonMapper json = WireJson.strict();
    private final VirtualThreadHandler api;
    private final HttpHandler routes;

    /**
     * @param ready whether new requests are welcome; nothing behind the broker has a say, for it can always proxy
     * @param reload reads the configuration again
     * @param explain tells why a request is decided as it is; does not wait
     */
    public AdminHandler(BrokerMetrics metrics, BooleanSupplier ready, Supplier<?> reload, HttpHandler explain) {
        this.api = new VirtualThreadHandler("admin-api-", MAX_CONCURRENT, exchange -> reload(exchange, reload));
        this.routes = Handlers.routing()
                .get("/livez", exchange -> answer(exchange, 200, "ok"))
                .get("/readyz", exchange -> answer(exchange, ready.getAsBoolean() ? 200 : 503,
                        ready.getAsBoolean() ? "ok" : "draining"))
                .get("/metrics", exchange -> {
                    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8");
                    exchange.getResponseSender().send(metrics.scrape());
                })
                .post("/v1/reload", api)
                .get("/v1/explain", explain)
                .setFallbackHandler(exchange -> ProblemResponse.send(exchange, Problem.of(404, "no-such-path",
                        "the admin listener has /livez, /readyz, /metrics, /v1/explain and /v1/reload")))
                .setInvalidMethodHandler(
                        exchange -> ProblemResponse.send(exchange, Problem.of(405, "method-not-allowed",
                                "this path takes another method")));
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        routes.handleRequest(exchange);
    }

    private void reload(HttpServerExchange exchange, Supplier<?> reload) {
        try {
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
            exchange.getResponseSender().send(json.writeValueAsString(reload.get()) + "\n");
        } catch (ConfigException e) {
            ProblemResponse.send(exchange, Problem.of(422, "bad-configuration", String.valueOf(e.getMessage())));
        }
    }

    /** For a process that decides nothing. */
    public static void nothingToExplain(HttpServerExchange exchange) {
        ProblemResponse.send(exchange, Problem.of(404, "no-decisions", "a registry decides nothing; ask a broker"));
    }

    @Override
    public void close() {
        api.close();
    }

    private static void answer(HttpServerExchange exchange, int status, String text) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
        exchange.getResponseSender().send(text + "\n");
    }
}
