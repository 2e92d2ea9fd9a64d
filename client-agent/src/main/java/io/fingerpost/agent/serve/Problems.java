package io.fingerpost.agent.serve;

import io.fingerpost.contract.api.Problem;
import io.fingerpost.contract.api.WireJson;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import tools.jackson.databind.json.JsonMapper;

/** Ends an exchange with an error of the agent's own (RFC 9457). */
public final class Problems {
    private static final JsonMapper JSON = WireJson.strict();

    private Problems() {}

    public static void send(HttpServerExchange exchange, int status, String kind, String detail) {
        if (exchange.isResponseStarted()) {
            exchange.endExchange();
            return;
        }
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, Problem.MEDIA_TYPE);
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        exchange.getResponseSender().send(JSON.writeValueAsString(Problem.of(status, kind, detail)));
    }
}
