package io.fingerpost.broker.edge;

import io.fingerpost.broker.metrics.BrokerMetrics;
import io.fingerpost.broker.origin.FieldLines;
import io.fingerpost.broker.origin.OriginProxy;
import io.fingerpost.broker.routing.Decision;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.broker.routing.Reason;
import io.fingerpost.broker.routing.RedirectPolicy;
import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.api.Problem;
import io.fingerpost.registry.http.ProblemResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import java.time.Duration;
import java.time.InstantSource;

/** Answers every request at the edge: the reserved paths by the registry, all others as the policy decides. */
public final class EdgeHandler implements HttpHandler {
    private static final HttpString PROXY_STATUS = new HttpString("Proxy-Status");

    private final RedirectPolicy policy;
    private final OriginProxy origin;
    private final HttpHandler registryApi;
    private final BrokerMetrics metrics;
    private final RedirectResponse redirectResponse;

    public EdgeHandler(RedirectPolicy policy, OriginProxy origin, HttpHandler registryApi, BrokerMetrics metrics,
            Duration ticketTtl, InstantSource clock) {
        this.policy = policy;
        this.origin = origin;
        this.registryApi = registryApi;
        this.metrics = metrics;
        this.redirectResponse = new RedirectResponse(ticketTtl, clock);
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        var request = read(exchange);
        if (isReserved(request.path())) {
            registryApi.handleRequest(exchange);
            return;
        }
        Decision decision = policy.decide(request);
        metrics.count(decision);
        switch (decision) {
            case Decision.Redirect redirect -> redirectResponse.send(exchange, redirect);
            case Decision.Origin _ -> {
                metrics.countOriginBytes(exchange);
                origin.forward(exchange, request);
            }
            case Decision.Reject(var reason, var detail) -> reject(exchange, reason, detail);
        }
    }

    private static boolean isReserved(String path) {
        return path.startsWith(ApiPaths.ROOT)
                && (path.length() == ApiPaths.ROOT.length() || path.charAt(ApiPaths.ROOT.length()) == '/');
    }

    private static void reject(HttpServerExchange exchange, Reason reason, String detail) {
        if (reason == Reason.LOOP) {
            exchange.getResponseHeaders().put(PROXY_STATUS, "fingerpost; error=proxy_loop_detected");
            ProblemResponse.send(exchange, Problem.of(502, "loop", detail));
            return;
        }
        ProblemResponse.send(exchange, Problem.of(400, "bad-path", detail));
    }

    private static EdgeRequest read(HttpServerExchange exchange) {
        String path = exchange.getRequestURI();
        if (exchange.isHostIncludedInRequestURI() && path.contains("//")) { // not the host:port of CONNECT
            int slash = path.indexOf('/', path.indexOf("//") + 2);
            path = slash < 0 ? "/" : path.substring(slash);
        }
        var fields = exchange.getRequestHeaders();
        return new EdgeRequest(exchange.getRequestMethod().toString(), path, exchange.getQueryString(),
                name -> FieldLines.joined(fields, name));
    }
}
