package io.fingerpost.broker.edge;

import io.fingerpost.broker.origin.FieldLines;
import io.fingerpost.broker.origin.OrdinaryFields;
import io.fingerpost.broker.routing.Client;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.broker.rules.LiveRules;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a request as the decision wants it, under the rules of this moment. */
public final class RequestReader {
    private final LiveRules rules;

    public RequestReader(LiveRules rules) {
        this.rules = rules;
    }

    /** Empty if it is for no site of this broker. */
    Optional<EdgeRequest> read(HttpServerExchange exchange) {
        return read(exchange, path(exchange));
    }

    /** Reads it as if it were for another path. */
    Optional<EdgeRequest> read(HttpServerExchange exchange, String path) {
        var client = new Client(exchange.getSourceAddress().getAddress(), exchange.isSecure());
        return read(host(exchange), exchange.getRequestMethod().toString(), path, exchange.getQueryString(), client,
                exchange.getRequestHeaders());
    }

    /**
     * Reads a request of which all parts are known.
     *
     * @param host as in a `Host` field; null if there is none
     * @param fields lose cookies that change nothing
     * @return empty if it is for no site of this broker
     */
    public Optional<EdgeRequest> read(@Nullable String host, String method, String path, String query, Client client,
            HeaderMap fields) {
        String site = rules.site(host).orElse(null);
        if (site == null) {
            return Optional.empty();
        }
        var terms = rules.current().termsOf(site, path);
        String cookies = terms.ignoreCookies().isEmpty() ? null : FieldLines.joined(fields, "Cookie");
        if (cookies != null && terms.ignoresAll(cookies.replace(',', ';'))) {
            fields.remove(Headers.COOKIE); // so that the origin's answer is one for everybody
        }
        return Optional.of(new EdgeRequest(method, path, query,
                LiveRules.name(site, path, query, terms), terms, client,
                OrdinaryFields.areAllOrdinary(fields, terms.ignoreFields()),
                new RequestFields(fields)));
    }

    /** The path as it was sent; the authority of an absolute form is left out. */
    static String path(HttpServerExchange exchange) {
        String target = exchange.getRequestURI();
        if (!exchange.isHostIncludedInRequestURI() || !target.contains("//")) { // the latter: host:port of CONNECT
            return target;
        }
        int slash = target.indexOf('/', target.indexOf("//") + 2);
        return slash < 0 ? "/" : target.substring(slash);
    }

    /** An absolute form's authority stands above the `Host` field (RFC 9112 §3.2.2). */
    private static @Nullable String host(HttpServerExchange exchange) {
        String target = exchange.getRequestURI();
        if (!exchange.isHostIncludedInRequestURI() || !target.contains("//")) {
            return exchange.getRequestHeaders().getFirst(Headers.HOST);
        }
        int from = target.indexOf("//") + 2;
        int slash = target.indexOf('/', from);
        return slash < 0 ? target.substring(from) : target.substring(from, slash);
    }
}
