package io.fingerpost.registry.http;

import io.fingerpost.contract.api.Problem;
import io.fingerpost.contract.api.WireJson;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/** Ends an exchange with an error that is ours (RFC 9457). */
public final class ProblemResponse {
    private static final JsonMapper JSON = WireJson.strict();

    private static final Duration SOON = Duration.ofSeconds(2);

    private ProblemResponse() {}

    /** Sends the problem, unless a response is on its way already: then the connection is all that can be ended. */
    public static void send(HttpServerExchange exchange, Problem problem) {
        send(exchange, problem, SOON);
    }

    /** @param retryAfter when to come again, if the status is one after which that makes sense; rounded up to seconds */
    static void send(HttpServerExchange exchange, Problem problem, Duration retryAfter) {
        if (exchange.isResponseStarted()) {
            exchange.endExchange();
            return;
        }
        exchange.setStatusCode(problem.status());
        var headers = exchange.getResponseHeaders();
        headers.put(Headers.CONTENT_TYPE, Problem.MEDIA_TYPE);
        headers.put(Headers.CACHE_CONTROL, "no-store");
        if (problem.status() == 401) {
            headers.put(Headers.WWW_AUTHENTICATE, "Bearer realm=\"registry\", error=\"invalid_token\"");
        }
        if (problem.status() == 429 || problem.status() == 503) {
            headers.put(Headers.RETRY_AFTER, Math.max(1, Math.ceilDiv(retryAfter.toMillis(), 1000)));
        }
        exchange.getResponseSender().send(JSON.writeValueAsString(problem));
    }
}
