package io.fingerpost.broker.listen;

import io.fingerpost.contract.api.Problem;
import io.fingerpost.registry.http.ProblemResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http2.Http2ServerConnection;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Refuses what HTTP/2 can carry and HTTP/1.1 cannot: a line break in a value, or a colon in a name, would make one field two on the
 * way to the origin (RFC 9113 §8.2.1, §10.3). Undertow looks at names only, and lets colons pass.
 */
public final class Http2Rules implements HttpHandler {
    private static final Pattern NOT_IN_A_VALUE = Pattern.compile("[\r\n\0]");
    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");
    /** Fields of HTTP/1.1 connections (RFC 9113 §8.2.2); `Connection` and `Transfer-Encoding` do not come so far. */
    private static final Set<String> FOREIGN = Set.of("keep-alive", "proxy-connection", "upgrade");

    private final HttpHandler next;

    public Http2Rules(HttpHandler next) {
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (exchange.getConnection() instanceof Http2ServerConnection && !isWellFormed(exchange)) {
            ProblemResponse.send(exchange, Problem.of(400, "malformed", "a header field is none that HTTP/2 has"));
            return;
        }
        next.handleRequest(exchange);
    }

    private static boolean isWellFormed(HttpServerExchange exchange) {
        if (exchange.getRequestMethod().length() == 0) {
            return false;
        }
        for (HeaderValues values : exchange.getRequestHeaders()) {
            String name = values.getHeaderName().toString();
            if (name.indexOf(':') >= 0 || FOREIGN.contains(name.toLowerCase(Locale.ROOT))
                    || values.stream().anyMatch(value -> NOT_IN_A_VALUE.matcher(value).find())) {
                return false;
            }
        }
        String length = exchange.getRequestHeaders().getFirst(Headers.CONTENT_LENGTH);
        return length == null || LENGTH.matcher(length).matches();
    }
}
