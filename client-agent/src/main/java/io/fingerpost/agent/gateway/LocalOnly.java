package io.fingerpost.agent.gateway;

import io.fingerpost.agent.serve.Problems;
import io.fingerpost.contract.config.HostPort;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.util.Locale;
import java.util.Set;

/**
 * Lets through only requests that name this machine in their `Host`. A web page whose name was made to resolve to loopback
 * (DNS rebinding) would otherwise read through the gateway what only this machine may.
 */
public final class LocalOnly implements HttpHandler {
    private final Set<String> names;
    private final HttpHandler next;
    private final HttpHandler proxy;

    /** @param proxy what answers who asks as of a proxy, which no page can unless a user has chosen it */
    public LocalOnly(HostPort gateway, HttpHandler next, HttpHandler proxy) {
        String configured = gateway.host().toLowerCase(Locale.ROOT);
        String host = configured.contains(":") ? "[" + configured + "]" : configured;
        this.names = Set.of("localhost", "127.0.0.1", "[::1]").contains(host)
                ? Set.of("localhost", "127.0.0.1", "[::1]")
                : Set.of("localhost", "127.0.0.1", "[::1]", host);
        this.proxy = proxy;
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (exchange.isHostIncludedInRequestURI()) {
            proxy.handleRequest(exchange);
            return;
        }
        String host = String.valueOf(exchange.getRequestHeaders().getFirst("Host"));
        if (!names.contains(host.toLowerCase(Locale.ROOT).replaceFirst(":\\d*$", ""))) {
            Problems.send(exchange, 421, "not-local", "the gateway answers under the names of this machine only");
            return;
        }
        next.handleRequest(exchange);
    }
}
