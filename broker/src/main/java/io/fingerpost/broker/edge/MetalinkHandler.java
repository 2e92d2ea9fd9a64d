package io.fingerpost.broker.edge;

import io.fingerpost.broker.metalink.Metalink;
import io.fingerpost.broker.routing.Bookings;
import io.fingerpost.broker.routing.Decision;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.broker.routing.Reason;
import io.fingerpost.broker.routing.RedirectPolicy;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.api.Problem;
import io.fingerpost.registry.http.ProblemResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Metalinks: below a reserved path, at the resource's own path with `.meta4` behind it. */
public final class MetalinkHandler implements HttpHandler {
    /** Followed by the path of a resource. */
    static final String PREFIX = ApiPaths.ROOT + "/metalink/";
    private static final String SUFFIX = ".meta4";
    /** 1.99 calls itself `wget2/1.99.1`, later ones `Wget/2.0.1`. */
    private static final Pattern WGET2 = Pattern.compile("wget(2/|/2)", Pattern.CASE_INSENSITIVE);
    private static final Pattern AUTHORITY = Pattern
            .compile("([A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}])(:\\d{1,5})?");

    private final RequestReader reader;
    private final RedirectPolicy policy;
    private final Bookings bookings;
    private final PeerUrls urls;

    public MetalinkHandler(RequestReader reader, RedirectPolicy policy, Bookings bookings, PeerUrls urls) {
        this.reader = reader;
        this.policy = policy;
        this.bookings = bookings;
        this.urls = urls;
    }

    /**
     * The `Link` by which a redirect leads to the Metalink; the target is a relative reference, for what the client calls this
     * host is its own business. None for wget2: on a bad piece it asks the same peer again, without end.
     */
    static Optional<String> link(EdgeRequest request) {
        String agent = request.fields().get("User-Agent");
        if (agent != null && WGET2.matcher(agent).lookingAt()) {
            return Optional.empty();
        }
        var resource = request.resource();
        String query = resource.query().isEmpty() ? "" : "?" + resource.query();
        return Optional.of("<" + PREFIX + resource.path().substring(1) + SUFFIX + query + ">; rel=describedby; type=\""
                + Metalink.MEDIA_TYPE + "\"");
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        if (!exchange.getRequestMethod().equals(Methods.GET) && !exchange.getRequestMethod().equals(Methods.HEAD)) {
            ProblemResponse.send(exchange, Problem.of(405, "method-not-allowed", "this path takes GET and HEAD"));
            return;
        }
        String path = RequestReader.path(exchange);
        var request = path.endsWith(SUFFIX)
                ? reader.read(exchange, path.substring(PREFIX.length() - 1, path.length() - SUFFIX.length()))
                : Optional.<EdgeRequest>empty();
        request.ifPresentOrElse(its -> answer(exchange, asPieces(its)), () -> refuse(exchange));
    }

    /** Who reads a Metalink checks each piece; conditions and ranges were meant for the Metalink itself. */
    private static EdgeRequest asPieces(EdgeRequest request) {
        var plain = request.unconditional();
        return plain.withFields(name -> name.equals("Accept") ? Metalink.MEDIA_TYPE : plain.fields().get(name));
    }

    private void answer(HttpServerExchange exchange, EdgeRequest request) {
        Decision decision = policy.decide(request);
        if (decision instanceof Decision.Redirect redirect) {
            send(exchange, request, redirect);
            return;
        }
        bookings.bookMiss(request, decision.reason());
        boolean shared = decision.reason().isPlainMiss() && decision.reason() != Reason.RULE
                && decision.reason() != Reason.UNLABELLED;
        Representation known = shared ? policy.fresh(request) : null;
        if (known == null) {
            refuse(exchange);
        } else {
            send(exchange, request, known, List.of());
        }
    }

    /** Answers with a Metalink of what could be redirected to. */
    void send(HttpServerExchange exchange, EdgeRequest request, Decision.Redirect redirect) {
        var known = redirect.representation();
        send(exchange, request, known, bookings.bookAll(redirect).stream()
                .map(peer -> urls.of(peer, redirect.endpointOf(peer), known.digest())).toList());
    }

    private void send(HttpServerExchange exchange, EdgeRequest request, Representation known, List<String> atPeers) {
        var sources = new ArrayList<>(atPeers);
        String edge = edge(exchange);
        if (edge != null) {
            sources.add(edge + request.resource().target());
        }
        var fields = exchange.getResponseHeaders();
        fields.put(Headers.CONTENT_TYPE, Metalink.MEDIA_TYPE);
        fields.put(Headers.CACHE_CONTROL, "no-store");
        fields.put(Headers.VARY, "Accept");
        exchange.getResponseSender().send(new Metalink(name(request.resource().path()), known, sources).xml());
    }

    private static void refuse(HttpServerExchange exchange) {
        ProblemResponse.send(exchange, Problem.of(404, "metalink-unknown",
                "nothing is known of such a resource, or it is not shared; fetch it without a Metalink"));
    }

    /** Under which name the client came here: goes back to it and to nobody else. */
    private static @Nullable String edge(HttpServerExchange exchange) {
        String host = exchange.getRequestHeaders().getFirst(Headers.HOST);
        return host != null && AUTHORITY.matcher(host).matches() ? exchange.getRequestScheme() + "://" + host : null;
    }

    /** The last segment, as the name of a file and nothing more. */
    private static String name(String path) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        String name;
        try {
            name = URLDecoder.decode(last.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            name = last;
        }
        name = name.replaceAll("[\\p{Cntrl}/\\\\:*?\"<>|\\x{FFFD}\\x{FFFE}\\x{FFFF}]", "_").replaceFirst("^\\.+", "_");
        return name.isBlank() ? "download" : name;
    }
}
