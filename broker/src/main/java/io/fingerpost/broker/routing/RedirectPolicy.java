package io.fingerpost.broker.routing;

import io.fingerpost.broker.routing.Decision.Origin;
import io.fingerpost.broker.routing.Decision.PublicOrigin;
import io.fingerpost.broker.routing.Decision.Redirect;
import io.fingerpost.broker.routing.Decision.Reject;
import io.fingerpost.broker.routing.Decision.Revalidate;
import io.fingerpost.broker.rules.Audience;
import io.fingerpost.broker.rules.OnMiss;
import io.fingerpost.broker.rules.Share;
import io.fingerpost.broker.rules.SharingConfig;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.representation.Binding;
import io.fingerpost.registry.store.Holder;
import io.fingerpost.registry.store.Peer;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Chooses between a peer and the origin. Reads memory only. */
public final class RedirectPolicy {
    /** Our name in `CDN-Loop` (RFC 8586). */
    public static final String CDN_ID = "fingerpost";

    /** Destinations whose content would run in the peer's origin (Fetch standard, request destination). */
    private static final Map<String, Reason> RUNS_AT_PEER = Map.ofEntries(Map.entry("document", Reason.NAVIGATION),
            Map.entry("iframe", Reason.FRAME), Map.entry("frame", Reason.FRAME), Map.entry("embed", Reason.FRAME),
            Map.entry("object", Reason.FRAME), Map.entry("fencedframe", Reason.FRAME),
            Map.entry("worker", Reason.WORKER), Map.entry("sharedworker", Reason.WORKER),
            Map.entry("serviceworker", Reason.WORKER), Map.entry("xslt", Reason.SAME_ORIGIN));

    private final Registry registry;
    private final RecentRedirects recent;
    private final InstantSource clock;
    private final Supplier<RandomGenerator> random;

    public RedirectPolicy(Registry registry, RecentRedirects recent, InstantSource clock,
            Supplier<RandomGenerator> random) {
        this.registry = registry;
        this.recent = recent;
        this.clock = clock;
        this.random = random;
    }

    public Decision decide(EdgeRequest request) {
        String defect = PathRules.defect(request.path(), request.query(), request.terms().encodedSlashes());
        if (defect != null) {
            return new Reject(Reason.BAD_PATH, defect);
        }
        if (request.mentions("CDN-Loop", CDN_ID)) {
            return new Reject(Reason.LOOP,
                    "this request has passed here before: is the origin's URL that of the broker?");
        }
        Reason unredirectable = unredirectable(request);
        Decision decision = unredirectable != null ? new Origin(unredirectable) : decideByTable(request);
        return maySeeOrigin(request, decision.reason()) ? new PublicOrigin(decision.reason()) : decision;
    }

    /** What the resource is known to be; null if that is not known, or no longer. */
    public @Nullable Representation fresh(EdgeRequest request) {
        return registry.representations().lookup(request.resource())
                .filter(binding -> binding.isFresh(clock.instant())).map(Binding::representation).orElse(null);
    }

    /** An agent is served by the broker, which is all that it knows; a page with TLS, because the public URL may have none. */
    private static boolean maySeeOrigin(EdgeRequest request, Reason reason) {
        return request.terms().onMiss() == OnMiss.REDIRECT && reason.isPlainMiss() && request.isGetOrHead()
                && request.peer() == null && !(request.client().secure() && request.isFromPage());
    }

    private static @Nullable Reason unredirectable(EdgeRequest request) {
        if (!request.isGetOrHead()) {
            return Reason.METHOD;
        }
        Reason secret = secret(request);
        return secret != null ? secret : declined(request);
    }

    /** What must not travel to a peer, or might change the answer. */
    private static @Nullable Reason secret(EdgeRequest request) {
        if (request.hasBody()) {
            return Reason.BODY;
        }
        if (request.path().length() > SharingConfig.LONGEST) {
            return Reason.LONG_PATH;
        }
        if (request.has("Authorization")) {
            return Reason.AUTHORIZATION;
        }
        if (request.has("Proxy-Authorization")) {
            return Reason.PROXY_AUTHORIZATION;
        }
        if (request.has("Cookie")) {
            return Reason.COOKIE;
        }
        if (!request.isOrdinary()) {
            return Reason.UNUSUAL_FIELD;
        }
        return SignedQuery.is(request.query()) ? Reason.SIGNED_QUERY : null;
    }

    /** What the client does not want, or could not use. */
    private static @Nullable Reason declined(EdgeRequest request) {
        if (request.mentions("Cache-Control", "no-cache") || request.mentions("Cache-Control", "no-store")
                || request.mentions("Pragma", "no-cache")) {
            return Reason.NO_CACHE;
        }
        if (request.isConditional()) {
            return Reason.CONDITIONAL;
        }
        if (request.range() instanceof ByteRange.Multiple) {
            return Reason.MULTI_RANGE;
        }
        if ("1".equals(request.fields().get("Sec-GPC"))) {
            return Reason.SHARING_DECLINED;
        }
        if (request.has("Upgrade-Insecure-Requests")) {
            return Reason.NAVIGATION; // all that browsers say of one where there is no TLS
        }
        return request.isFromPage() ? boundToOrigin(request) : null;
    }

    private static @Nullable Reason boundToOrigin(EdgeRequest request) {
        Reason runs = RUNS_AT_PEER.get(String.valueOf(request.fields().get("Sec-Fetch-Dest")));
        if (runs != null) {
            return runs;
        }
        return switch (String.valueOf(request.fields().get("Sec-Fetch-Mode"))) {
            case "navigate" -> Reason.NAVIGATION;
            case "same-origin", "websocket" -> Reason.SAME_ORIGIN;
            default -> null;
        };
    }

    private Decision decideByTable(EdgeRequest request) {
        if (request.terms().share() == Share.NO) {
            return new Origin(Reason.RULE);
        }
        var table = registry.representations();
        var resource = request.resource();
        var binding = table.lookup(resource).orElse(null);
        if (binding == null) {
            return new Origin(table.isUnlabelled(resource) ? Reason.UNLABELLED : Reason.UNKNOWN);
        }
        if (!binding.isFresh(clock.instant())) {
            return stale(binding.representation());
        }
        if (binding.representation().size() < request.terms().minSize().bytes()) {
            return new Origin(Reason.TOO_SMALL);
        }
        return decideByHolders(request, binding.representation());
    }

    private Decision stale(Representation known) {
        String etag = known.headers().get("ETag");
        return etag == null || registry.holders(known.digest()).isEmpty()
                ? new Origin(Reason.STALE)
                : new Revalidate(etag);
    }

    private Decision decideByHolders(EdgeRequest request, Representation representation) {
        var span = request.range().resolve(representation.size());
        if (span == null) {
            return new Origin(Reason.UNSATISFIABLE_RANGE);
        }
        List<Peer> able = registry.holders(representation.digest()).stream()
                .filter(holder -> holds(holder, representation.layout(), span))
                .map(Holder::peer)
                .filter(peer -> !peer.id().value().equals(request.peer()))
                .toList();
        if (able.isEmpty()) {
            return new Origin(Reason.NO_HOLDER);
        }
        if (!request.verifies() && registry.representations().isAmbiguous(representation.digest())) {
            return new Origin(Reason.AMBIGUOUS);
        }
        return decideByPeers(request, representation, able);
    }

    private Decision decideByPeers(EdgeRequest request, Representation representation, List<Peer> able) {
        // A client that cannot check the bytes meets only peers that the operator vouches for.
        boolean anyPeer = request.terms().audience() == Audience.ANY || request.verifies();
        List<Peer> allowed = anyPeer ? able : able.stream().filter(Peer::superNode).toList();
        if (allowed.isEmpty()) {
            return new Origin(Reason.NOT_VERIFYING);
        }
        if (request.client().secure() && request.isFromPage()) {
            allowed = allowed.stream().filter(peer -> peer.endpoint().scheme().equals("https")).toList();
            if (allowed.isEmpty()) {
                return new Origin(Reason.MIXED_CONTENT);
            }
        }
        var past = recent.past(request);
        if (!past.failed().isEmpty()) {
            allowed = allowed.stream().filter(peer -> !past.failed().contains(peer.id())).toList();
        }
        return allowed.isEmpty()
                ? new Origin(Reason.CAME_BACK)
                : new Redirect(representation, PeerChoice.choose(allowed, past.used(), random.get()));
    }

    private static boolean holds(Holder holder, PieceLayout layout, ByteRange.Span span) {
        return holder.pieces().containsAll(layout.pieceAt(span.first()), layout.pieceAt(span.last()));
    }
}
