package io.fingerpost.broker.edge;

import io.fingerpost.broker.routing.Decision.Redirect;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import io.fingerpost.registry.store.Peer;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;

/** The redirects: to a peer, with everything that a client may check the bytes by, or to the origin's public URL. */
public final class Redirects {
    private static final HttpString LINK = new HttpString("Link");
    private static final HttpString DIGEST = new HttpString(FieldNames.DIGEST);
    private static final HttpString TARGET_REPR_DIGEST = new HttpString(FieldNames.TARGET_REPR_DIGEST);
    private static final HttpString ALLOW_ORIGIN = new HttpString("Access-Control-Allow-Origin");
    private static final HttpString RESOURCE_POLICY = new HttpString("Cross-Origin-Resource-Policy");
    private static final HttpString TIMING_ALLOW_ORIGIN = new HttpString("Timing-Allow-Origin");
    private static final HttpString REFERRER_POLICY = new HttpString("Referrer-Policy");

    private final PeerUrls urls;
    /** Without a slash at its end; empty if the origin has no public URL. */
    private final String publicUrl;

    public Redirects(PeerUrls urls, String publicUrl) {
        this.urls = urls;
        this.publicUrl = publicUrl;
    }

    void toPeer(HttpServerExchange exchange, EdgeRequest request, Redirect redirect) {
        Sha256 digest = redirect.representation().digest();
        var fields = exchange.getResponseHeaders();
        var first = redirect.peers().getFirst();
        var target = urls.target(first, redirect.endpointOf(first), digest);
        fields.put(Headers.LOCATION, target.url());
        if (request.verifies()) {
            addMirrors(fields, request, redirect);
        }
        fields.put(TARGET_REPR_DIGEST, target.digestField());
        if (request.isFromBrowser()) {
            fields.put(RESOURCE_POLICY, "cross-origin");
            fields.put(TIMING_ALLOW_ORIGIN, "*");
        }
        send(exchange, request);
    }

    /** For those that use them. A peer could otherwise name mirrors and a digest of its own, which some clients believe. */
    private void addMirrors(HeaderMap fields, EdgeRequest request, Redirect redirect) {
        Sha256 digest = redirect.representation().digest();
        int priority = 1;
        for (Peer peer : redirect.peers()) {
            // One link a line, unquoted and with a priority; the first repeats Location: RFC 6249, and what its readers bear.
            fields.add(LINK, "<" + urls.of(peer, redirect.endpointOf(peer), digest) + ">; rel=duplicate; pri="
                    + priority++ + "; pref");
        }
        fields.put(DIGEST, DigestField.formatLegacy(digest));
        MetalinkHandler.link(request).ifPresent(link -> fields.add(LINK, link));
    }

    void toOrigin(HttpServerExchange exchange, EdgeRequest request) {
        exchange.getResponseHeaders().put(Headers.LOCATION, publicUrl + request.resource().target());
        send(exchange, request);
    }

    private static void send(HttpServerExchange exchange, EdgeRequest request) {
        var fields = exchange.getResponseHeaders();
        fields.put(Headers.CACHE_CONTROL, "no-store"); // what was live now may be gone in a minute
        if (request.isFromBrowser()) { // to others it means nothing, and each field costs as much as a part of the decision
            fields.put(ALLOW_ORIGIN, "*");
            fields.put(REFERRER_POLICY, "no-referrer");
        }
        fields.put(Headers.CONTENT_LENGTH, 0);
        exchange.setStatusCode(StatusCodes.FOUND);
        exchange.endExchange();
    }
}
