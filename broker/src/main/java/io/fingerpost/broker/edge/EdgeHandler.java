package io.fingerpost.broker.edge;

import io.fingerpost.broker.collapse.Flights;
import io.fingerpost.broker.collapse.Revalidation;
import io.fingerpost.broker.metrics.BrokerMetrics;
import io.fingerpost.broker.origin.FieldLines;
import io.fingerpost.broker.routing.Client;
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
    private final Flights origin;
    private final HttpHandler registryApi;
    private final BrokerMetrics metrics;
    private final RedirectResponse redirectResponse;

    public EdgeHandler(RedirectPolicy policy, Flights origin, HttpHandler registryApi, BrokerMetrics metrics,
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
        if (decision instanceof Decision.Revalidate(var etag)) {
            origin.revalidate(exchange, request, etag, new DecideAnew(request));
        } else {
            act(exchange, request, decision);
        }
    }

    private void act(HttpServerExchange exchange, EdgeRequest request, Decision decision) throws Exception {
        metrics.count(decision);
        switch (decision) {
            case Decision.Redirect redirect -> redirectResponse.send(exchange, redirect);
            case Decision.Origin(var reason) -> origin.forward(exchange, request, reason);
            case Decision.Revalidate _ -> origin.forward(exchange, request, Reason.STALE); // it was just asked
            case Decision.Reject(var reason, var detail) -> reject(exchange, reason, detail);
        }
    }

    /** Counts a request whose representation went stale once, whichever way it goes. */
    private final class DecideAnew implements Revalidation {
        private final EdgeRequest request;

        DecideAnew(EdgeRequest request) {
            this.request = request;
        }

        @Override
        public void fromOrigin() {
            metrics.count(new Decision.Origin(Reason.STALE));
        }

        @Override
        public void confirmed(HttpServerExchange exchange) throws Exception {
            act(exchange, request, policy.decide(request));
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
        var client = new Client(exchange.getSourceAddress().getAddress(), exchange.isSecure());
        return new EdgeRequest(exchange.getRequestMethod().toString(), path, exchange.getQueryString(), client,
                name -> FieldLines.joined(fields, name));
    }
}
