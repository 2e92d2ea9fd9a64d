package io.fingerpost.broker.origin;

import io.fingerpost.broker.BrokerConfig;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.broker.routing.RedirectPolicy;
import io.fingerpost.registry.http.ProblemResponse;
import io.fingerpost.registry.representation.RepresentationTable;
import io.undertow.attribute.ExchangeAttributes;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.ResponseCodeHandler;
import io.undertow.server.handlers.proxy.ProxyHandler;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.net.URI;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * Forwards a request to the origin and streams the answer back, both untouched but for what a proxy has to do.
 */
public final class OriginProxy implements AutoCloseable {
    /** What we add to `Via` (RFC 9110 §7.6.3). */
    static final String VIA = "1.1 fingerpost";
    private static final HttpString VIA_FIELD = new HttpString("Via");
    private static final HttpString CDN_LOOP = new HttpString("CDN-Loop");
    private static final HttpString PROXY_STATUS = new HttpString("Proxy-Status");
    /** Once more when a kept connection turns out to be closed; never for what is not idempotent. */
    private static final int RETRIES = 1;

    private final RepresentationTable table;
    private final InstantSource clock;
    private final Consumer<String> onFailure;
    /** The path of the origin's URL, without a slash at its end. */
    private final String prefix;
    private final OriginConnections connections;
    private final ProxyHandler proxy;

    /** @param onFailure told the kind of each failure to get an answer */
    public OriginProxy(BrokerConfig config, RepresentationTable table, InstantSource clock,
            Consumer<String> onFailure) {
        URI url = config.origin().url();
        this.table = table;
        this.clock = clock;
        this.onFailure = onFailure;
        this.prefix = url.getRawPath().replaceFirst("/+$", "");
        this.connections = new OriginConnections(config.origin(), config.edge().idleTimeout());
        this.proxy = ProxyHandler.builder()
                .setProxyClient(connections)
                .setNext(ResponseCodeHandler.HANDLE_404)
                .setMaxConnectionRetries(RETRIES)
                .addRequestHeader(Headers.HOST, ExchangeAttributes.constant(authority(url)))
                .build();
    }

    private static String authority(URI url) {
        return url.getPort() == -1 ? url.getHost() : url.getHost() + ":" + url.getPort();
    }

    /** Forwards; what the answer tells about the resource is learned on the way. */
    public void forward(HttpServerExchange exchange, EdgeRequest request) throws Exception {
        exchange.setRequestURI(prefix + request.path(), false);
        prepare(exchange.getRequestHeaders());
        exchange.addResponseWrapper(new OriginAnswer(table, request.resource(), clock));
        exchange.addDefaultResponseListener(this::answerFailure);
        proxy.handleRequest(exchange);
    }

    private static void prepare(HeaderMap fields) {
        var transferEncoding = fields.getFirst(Headers.TRANSFER_ENCODING);
        HopByHopFields.strip(fields);
        if (transferEncoding != null) {
            fields.put(Headers.TRANSFER_ENCODING, "chunked"); // the body's framing, which Undertow makes anew
        }
        fields.remove(Headers.FORWARDED); // a client's word on who it is; Undertow says it in X-Forwarded-*
        fields.remove(Headers.X_FORWARDED_HOST);
        fields.add(VIA_FIELD, VIA);
        fields.add(CDN_LOOP, RedirectPolicy.CDN_ID);
    }

    /** Runs only when there is no answer of the origin to pass on. */
    private boolean answerFailure(HttpServerExchange exchange) {
        var failure = exchange.getAttachment(OriginFailure.OF_EXCHANGE);
        if (failure == null || exchange.getStatusCode() < 500) {
            return false;
        }
        onFailure.accept(failure.name());
        exchange.getResponseHeaders().put(PROXY_STATUS, failure.proxyStatus());
        ProblemResponse.send(exchange, failure.problem());
        return true;
    }

    @Override
    public void close() {
        connections.close();
    }
}
