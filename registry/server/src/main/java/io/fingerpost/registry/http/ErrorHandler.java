package io.fingerpost.registry.http;

import io.fingerpost.contract.api.Problem;
import io.fingerpost.registry.RequestRejected;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what a handler throws into an answer, in one place: rejections as they are, anything else as our fault. */
public final class ErrorHandler implements HttpHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorHandler.class);

    private final HttpHandler next;

    public ErrorHandler(HttpHandler next) {
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        try {
            next.handleRequest(exchange);
        } catch (RequestRejected e) {
            ProblemResponse.send(exchange, e.problem(), e.retryAfter());
        } catch (IOException e) {
            exchange.endExchange(); // the client is gone
        } catch (Exception e) {
            LOG.atError().setCause(e).addKeyValue("method", exchange.getRequestMethod()).log("request failed");
            ProblemResponse.send(exchange,
                    Problem.of(500, "internal", "this is a bug of the server, and it was logged"));
        }
    }
}
