package io.fingerpost.broker.edge;

import io.fingerpost.broker.origin.FieldLines;
import io.fingerpost.broker.origin.OrdinaryFields;
import io.fingerpost.broker.routing.Client;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.broker.rules.LiveRules;
import io.undertow.server.HttpServerExchange;
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
        String site = rules.site(host(exchange)).orElse(null);
        if (site == null) {
            return Optional.empty();
        }
        var fields = exchange.getRequestHeaders();
        var terms = rules.current().termsOf(site, path);
        String cookies = terms.ignoreCookies().isEmpty() ? null : FieldLines.joined(fields, "Cookie");
        if (cookies != null && terms.ignoresAll(cookies.replace(',', ';'))) {
            fields.remove(Headers.COOKIE); // so that the origin's answer is one for everybody
        }
        String query = exchange.getQueryString();
        var client = new Client(exchange.getSourceAddress().getAddress(), exchange.isSecure());
        return Optional.of(new EdgeRequest(exchange.getRequestMethod().toString(), path, query,
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
