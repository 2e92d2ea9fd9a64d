package io.fingerpost.broker.origin;

import io.fingerpost.broker.BrokerConfig;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.broker.routing.RedirectPolicy;
import io.fingerpost.registry.http.ProblemResponse;
import io.fingerpost.registry.representation.ResourceId;
import io.undertow.client.ClientRequest;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.ResponseCodeHandler;
import io.undertow.server.handlers.proxy.ProxyHandler;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.net.URI;
import java.time.Duration;
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

    private final Learner learner;
    private final OriginMeters meters;
    private final String authority;
    /** The path of the origin's URL, without a slash at its end. */
    private final String prefix;
    private final OriginTimeouts timeouts;
    private final OriginPool pool;
    private final Turns turns = new Turns(System::nanoTime);
    private final ProxyHandler proxy;

    public OriginProxy(BrokerConfig config, Learner learner, OriginMeters meters) {
        URI url = config.origin().url();
        this.learner = learner;
        this.meters = meters;
        this.authority = authority(url);
        this.prefix = url.getRawPath().replaceFirst("/+$", "");
        this.timeouts = new OriginTimeouts(config.origin().answerTimeout(), config.edge().idleTimeout());
        this.pool = new OriginPool(config.origin());
        this.proxy = ProxyHandler.builder()
                .setProxyClient(new OriginConnections(pool, timeouts, turns))
                .setNext(ResponseCodeHandler.HANDLE_404)
                .setMaxConnectionRetries(RETRIES)
                .build();
    }

    private static String authority(URI url) {
        return url.getPort() == -1 ? url.getHost() : url.getHost() + ":" + url.getPort();
    }

    /** Forwards; the table is kept true to what the answer's head tells. */
    public void forward(HttpServerExchange exchange, EdgeRequest request) throws Exception {
        exchange.setRequestURI(prefix + request.path(), false);
        if (request.mayTeach()) {
            exchange.setQueryString(request.resource().query()); // what does not count must not show in what is learned
        }
        prepare(exchange.getRequestHeaders(), request.resource().site());
        Trailers.drop(exchange);
        exchange.addResponseWrapper(new OriginAnswer(learner, request));
        exchange.addDefaultResponseListener(this::answerFailure);
        exchange.addExchangeCompleteListener((done, next) -> {
            meters.countOriginBytes(done.getResponseBytesSent());
            next.proceed();
        });
        proxy.handleRequest(exchange);
    }

    /**
     * Makes ready to fetch a resource for more than one client: with the ordinary fields of the first one's request, and nothing
     * of it that another's answer must not depend on.
     *
     * @param adjust has the last word on the fields
     */
    public OriginFetch fetch(HttpServerExchange first, ResourceId resource, Consumer<HeaderMap> adjust,
            OriginFetch.Listener listener) {
        var request = new ClientRequest().setMethod(Methods.GET).setPath(prefix + resource.target());
        var fields = request.getRequestHeaders();
        for (HeaderValues values : first.getRequestHeaders()) {
            if (OrdinaryFields.isPassedOn(values.getHeaderName())) {
                fields.addAll(values.getHeaderName(), values);
            }
        }
        fields.put(Headers.HOST, host(resource.site()));
        sayWhereFrom(first, fields, host(resource.site()));
        fields.add(VIA_FIELD, VIA);
        fields.add(CDN_LOOP, RedirectPolicy.CDN_ID);
        adjust.accept(fields);
        return new OriginFetch(pool, timeouts, first.getIoThread(), first.getConnection().getByteBufferPool(), request,
                listener);
    }

    /** As Undertow's proxy does; never the host that a client names, for others get the same answer. */
    private static void sayWhereFrom(HttpServerExchange first, HeaderMap fields, String host) {
        fields.put(Headers.X_FORWARDED_FOR, first.getSourceAddress().getAddress().getHostAddress());
        fields.put(Headers.X_FORWARDED_PROTO, first.getRequestScheme());
        fields.put(Headers.X_FORWARDED_HOST, host);
    }

    private void prepare(HeaderMap fields, String site) {
        var transferEncoding = fields.getFirst(Headers.TRANSFER_ENCODING);
        HopByHopFields.strip(fields);
        if (transferEncoding != null) {
            fields.put(Headers.TRANSFER_ENCODING, "chunked"); // the body's framing, which Undertow makes anew
        }
        fields.remove(Headers.FORWARDED); // a client's word on who it is; Undertow says it in X-Forwarded-*
        fields.remove(Headers.X_FORWARDED_HOST);
        fields.put(Headers.HOST, host(site));
        fields.add(VIA_FIELD, VIA);
        fields.add(CDN_LOOP, RedirectPolicy.CDN_ID);
    }

    /** Sites that share an origin are told apart by their names; of a single one, only the origin's own counts. */
    private String host(String site) {
        return site.isEmpty() ? authority : site;
    }

    /** Runs only when there is no answer of the origin to pass on. */
    private boolean answerFailure(HttpServerExchange exchange) {
        var failure = exchange.getAttachment(OriginFailure.OF_EXCHANGE);
        if (failure == null || exchange.getStatusCode() < 500) {
            return false;
        }
        answerFailure(exchange, failure);
        return true;
    }

    /** Tells a client why there is no answer of the origin. */
    public void answerFailure(HttpServerExchange exchange, OriginFailure failure) {
        meters.countOriginFailure(failure);
        exchange.getResponseHeaders().put(PROXY_STATUS, failure.proxyStatus());
        ProblemResponse.send(exchange, failure.problem());
    }

    /** How many pieces may come from the origin at a time; see {@link TurnWidth}. */
    public int pieceTurns() {
        return turns.width();
    }

    /** How many requests for pieces wait for their turn. */
    public int waitingForTurn() {
        return turns.waiting();
    }

    /** How long a client may take nothing of its answer. */
    public Duration idleTimeout() {
        return timeouts.idle();
    }

    @Override
    public void close() {
        pool.close();
    }
}
