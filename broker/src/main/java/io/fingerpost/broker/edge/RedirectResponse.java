package io.fingerpost.broker.edge;

import io.fingerpost.broker.routing.Decision.Redirect;
import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import io.fingerpost.registry.store.Peer;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The 302 to a peer, with everything that a client may check the bytes by. */
final class RedirectResponse {
    private static final HttpString LINK = new HttpString("Link");
    private static final HttpString DIGEST = new HttpString(FieldNames.DIGEST);
    private static final HttpString TARGET_REPR_DIGEST = new HttpString(FieldNames.TARGET_REPR_DIGEST);
    private static final HttpString ALLOW_ORIGIN = new HttpString("Access-Control-Allow-Origin");
    private static final HttpString RESOURCE_POLICY = new HttpString("Cross-Origin-Resource-Policy");
    private static final HttpString TIMING_ALLOW_ORIGIN = new HttpString("Timing-Allow-Origin");
    private static final HttpString REFERRER_POLICY = new HttpString("Referrer-Policy");

    private final Duration ticketTtl;
    private final InstantSource clock;

    RedirectResponse(Duration ticketTtl, InstantSource clock) {
        this.ticketTtl = ticketTtl;
        this.clock = clock;
    }

    void send(HttpServerExchange exchange, Redirect redirect) {
        Sha256 digest = redirect.representation().digest();
        Instant expiry = clock.instant().plus(ticketTtl);
        var fields = exchange.getResponseHeaders();
        fields.put(Headers.LOCATION, url(redirect.peers().getFirst(), digest, expiry));
        int priority = 1;
        for (Peer peer : redirect.peers()) {
            // One link a line, unquoted and with a priority; the first repeats Location: RFC 6249, and what its readers bear.
            fields.add(LINK, "<" + url(peer, digest, expiry) + ">; rel=duplicate; pri=" + priority++ + "; pref");
        }
        fields.put(DIGEST, DigestField.formatLegacy(digest));
        fields.put(TARGET_REPR_DIGEST, DigestField.format(digest));
        fields.put(Headers.CACHE_CONTROL, "no-store"); // what was live now may be gone in a minute
        fields.put(ALLOW_ORIGIN, "*");
        fields.put(RESOURCE_POLICY, "cross-origin");
        fields.put(TIMING_ALLOW_ORIGIN, "*");
        fields.put(REFERRER_POLICY, "no-referrer");
        fields.put(Headers.CONTENT_LENGTH, 0);
        exchange.setStatusCode(StatusCodes.FOUND);
        exchange.endExchange();
    }

    private static String url(Peer peer, Sha256 digest, Instant expiry) {
        return peer.endpoint().url() + NiPath.of(digest) + "?t=" + peer.ticketKey().issue(digest, expiry);
    }
}
