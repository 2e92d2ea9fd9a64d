package io.fingerpost.broker.provenance;

import io.fingerpost.broker.BrokerConfig;
import io.fingerpost.broker.origin.FieldLines;
import io.fingerpost.broker.routing.Client;
import io.fingerpost.registry.admission.Networks;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Makes each exchange one of the client itself: source address and scheme are what all that follows may believe. The scheme is
 * never that of HTTP/2's `:scheme`, which anybody may set as they like.
 */
public final class Provenance implements HttpHandler {
    private final ClientAddress clients;
    private final HttpHandler next;

    public Provenance(BrokerConfig.Edge config, HttpHandler next) {
        this.clients = new ClientAddress(Networks.parse(config.trustedProxies()), config.forwardedField());
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        var fields = exchange.getRequestHeaders();
        InetSocketAddress source = exchange.getSourceAddress();
        boolean tls = exchange.getConnection().getSslSessionInfo() != null;
        Client client = clients.find(new Client(source.getAddress(), tls), name -> FieldLines.joined(fields, name));
        exchange.setRequestScheme(client.secure() ? "https" : "http");
        if (client.address() instanceof Inet6Address || !client.address().equals(source.getAddress())) {
            exchange.setSourceAddress(new InetSocketAddress(plain(client.address()), 0));
        }
        next.handleRequest(exchange);
    }

    /** One without a zone, which means nothing to the origin. */
    private static InetAddress plain(InetAddress address) throws UnknownHostException {
        return InetAddress.getByAddress(address.getAddress());
    }
}
