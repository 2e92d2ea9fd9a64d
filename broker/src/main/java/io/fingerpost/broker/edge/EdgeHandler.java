package io.fingerpost.broker.edge;

import io.fingerpost.broker.collapse.Revalidation;
import io.fingerpost.broker.metrics.BrokerMetrics;
import io.fingerpost.broker.routing.Bookings;
import io.fingerpost.broker.routing.Decision;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.broker.routing.Reason;
import io.fingerpost.broker.routing.RedirectPolicy;
import io.fingerpost.broker.rules.MetalinkUse;
import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.api.Problem;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.registry.http.ErrorHandler;
import io.fingerpost.registry.http.ProblemResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HttpString;
import org.jspecify.annotations.Nullable;

/** Answers every request at the edge: the reserved paths by the registry, all others as the policy decides. */
public final class EdgeHandler implements HttpHandler {
    /** So often others may take the last slot of the peer that was chosen. */
    private static final int MOST_DECISIONS = 4;
    private static final HttpString PROXY_STATUS = new HttpString("Proxy-Status");

    private final RequestReader reader;
    private final RedirectPolicy policy;
    private final Bookings bookings;
    private final EdgeAnswers answers;
    private final BrokerMetrics metrics;
    private final DebugField debugging;
    private final Elsewhere elsewhere;

    public EdgeHandler(RequestReader reader, RedirectPolicy policy, Bookings bookings, EdgeAnswers answers,
            BrokerMetrics metrics, DebugField debugging, Elsewhere elsewhere) {
        this.reader = reader;
        this.policy = policy;
        this.bookings = bookings;
        this.answers = answers;
        this.metrics = metrics;
        this.debugging = debugging;
        this.elsewhere = elsewhere;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        DebugAnswer debug = debugging.take(exchange);
        String path = RequestReader.path(exchange);
        if (isReserved(path)) {
            (path.startsWith(MetalinkHandler.PREFIX) ? answers.metalink() : answers.registryApi())
                    .handleRequest(exchange);
            return;
        }
        var request = reader.read(exchange, path).orElse(null);
        if (request == null) {
            var unknown = new Decision.Reject(Reason.UNKNOWN_SITE, "this broker has no such site");
            metrics.count(unknown);
            if (debug != null) {
                debug.rejected(exchange, unknown);
            }
            reject(exchange, unknown);
            return;
        }
        Decision decision = decide(request, debug);
        var coming = elsewhere.ask(request, decision);
        if (coming == null) {
            follow(exchange, request, decision, debug);
        } else {
            elsewhere.await(coming, exchange, new ErrorHandler(
                    resumed -> follow(resumed, request, decide(request, debug), debug)));
        }
    }

    private void follow(HttpServerExchange exchange, EdgeRequest request, Decision decision,
            @Nullable DebugAnswer debug) throws Exception {
        if (decision instanceof Decision.Revalidate(var etag)) {
            answers.origin().revalidate(exchange, request, etag, new DecideAnew(request, debug));
        } else {
            act(exchange, request, decision);
        }
    }

    private Decision decide(EdgeRequest request, @Nullable DebugAnswer debug) {
        Decision decision = decideAndBook(request, debug);
        if (debug != null) {
            debug.decided(request, decision);
        }
        return decision;
    }

    /** Decides, and books what a redirect takes of the peer; anew if somebody else was faster. */
    private Decision decideAndBook(EdgeRequest request, @Nullable DebugAnswer debug) {
        for (int i = 0; i < MOST_DECISIONS; i++) {
            long start = System.nanoTime();
            Decision decision = policy.decide(request, debug == null ? null : debug.trace());
            metrics.recordDecision(System.nanoTime() - start);
            if (decision instanceof Decision.Redirect && wantsMetalink(request) || bookings.book(request, decision)) {
                return decision;
            }
        }
        Decision miss = policy.overBudget(request);
        bookings.book(request, miss);
        return miss;
    }

    private void act(HttpServerExchange exchange, EdgeRequest request, Decision decision) throws Exception {
        metrics.count(decision);
        switch (decision) {
            case Decision.Redirect redirect when wantsMetalink(request) ->
                answers.metalink().send(exchange, request, redirect);
            case Decision.Redirect redirect -> answers.redirects().toPeer(exchange, request, redirect);
            case Decision.PublicOrigin _ -> answers.redirects().toOrigin(exchange, request);
            case Decision.Origin(var reason) -> answers.origin().forward(exchange, request, reason);
            case Decision.Revalidate _ -> answers.origin().forward(exchange, request, Reason.STALE); // it was just asked
            case Decision.Reject reject -> reject(exchange, reject);
        }
    }

    private static boolean wantsMetalink(EdgeRequest request) {
        return request.terms().metalink() == MetalinkUse.ANSWER && request.readsMetalink()
                && request.range() instanceof ByteRange.Whole;
    }

    /** Counts a request whose representation went stale once, whichever way it goes. */
    private final class DecideAnew implements Revalidation {
        private final EdgeRequest request;
        private final @Nullable DebugAnswer debug;

        DecideAnew(EdgeRequest request, @Nullable DebugAnswer debug) {
            this.request = request;
            this.debug = debug;
        }

        @Override
        public void fromOrigin() {
            metrics.count(new Decision.Origin(Reason.STALE));
        }

        @Override
        public void confirmed(HttpServerExchange exchange) throws Exception {
            act(exchange, request, decide(request, debug));
        }
    }

    /** Whether a path is the registry's, so that nothing is decided about it. */
    public static boolean isReserved(String path) {
        return path.startsWith(ApiPaths.ROOT) && isEndOrSlash(path);
    }

    private static boolean isEndOrSlash(String path) {
        return path.length() == ApiPaths.ROOT.length() || path.charAt(ApiPaths.ROOT.length()) == '/';
    }

    private static void reject(HttpServerExchange exchange, Decision.Reject reject) {
        switch (reject.reason()) {
            case LOOP -> {
                exchange.getResponseHeaders().put(PROXY_STATUS, "fingerpost; error=proxy_loop_detected");
                ProblemResponse.send(exchange, Problem.of(502, "loop", reject.detail()));
            }
            case UNKNOWN_SITE -> ProblemResponse.send(exchange, Problem.of(421, "unknown-site", reject.detail()));
            default -> ProblemResponse.send(exchange, Problem.of(400, "bad-path", reject.detail()));
        }
    }
}
