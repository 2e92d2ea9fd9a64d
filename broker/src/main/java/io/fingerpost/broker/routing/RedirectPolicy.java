package io.fingerpost.broker.routing;

import io.fingerpost.broker.routing.Decision.Origin;
import io.fingerpost.broker.routing.Decision.Redirect;
import io.fingerpost.broker.routing.Decision.Reject;
import io.fingerpost.broker.routing.Decision.Revalidate;
import io.fingerpost.broker.routing.SharingConfig.Audience;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.store.Holder;
import io.fingerpost.registry.store.Peer;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Chooses between a peer and the origin. Reads memory only. */
public final class RedirectPolicy {
    /** Our name in `CDN-Loop` (RFC 8586). */
    public static final String CDN_ID = "fingerpost";

    private static final List<String> CONDITIONAL = List.of("If-None-Match", "If-Modified-Since", "If-Match",
            "If-Unmodified-Since", "If-Range");
    /** Destinations whose code would run in the peer's origin (Fetch standard, request destination). */
    private static final List<String> RUNS_AT_PEER = List.of("document", "iframe", "frame", "embed", "object", "worker",
            "sharedworker", "serviceworker");

    private final SharingConfig config;
    private final Registry registry;
    private final InstantSource clock;
    private final Supplier<RandomGenerator> random;

    public RedirectPolicy(SharingConfig config, Registry registry, InstantSource clock,
            Supplier<RandomGenerator> random) {
        this.config = config;
        this.registry = registry;
        this.clock = clock;
        this.random = random;
    }

    public Decision decide(EdgeRequest request) {
        String defect = PathRules.defect(request.path());
        if (defect != null) {
            return new Reject(Reason.BAD_PATH, defect);
        }
        if (request.mentions("CDN-Loop", CDN_ID)) {
            return new Reject(Reason.LOOP,
                    "this request has passed here before: is the origin's URL that of the broker?");
        }
        Reason unredirectable = unredirectable(request);
        return unredirectable != null ? new Origin(unredirectable) : decideByTable(request);
    }

    private static @Nullable Reason unredirectable(EdgeRequest request) {
        if (!request.isGetOrHead()) {
            return Reason.METHOD;
        }
        if (request.has("Authorization") || request.has("Proxy-Authorization")) {
            return Reason.AUTHORIZATION;
        }
        if (request.has("Cookie")) {
            return Reason.COOKIE;
        }
        if (request.mentions("Cache-Control", "no-cache") || request.mentions("Cache-Control", "no-store")
                || request.mentions("Pragma", "no-cache")) {
            return Reason.NO_CACHE;
        }
        if (CONDITIONAL.stream().anyMatch(request::has)) {
            return Reason.CONDITIONAL;
        }
        if (request.range() instanceof ByteRange.Multiple) {
            return Reason.MULTI_RANGE;
        }
        if ("1".equals(request.fields().get("Sec-GPC"))) {
            return Reason.SHARING_DECLINED;
        }
        boolean navigates = "navigate".equals(request.fields().get("Sec-Fetch-Mode"))
                || RUNS_AT_PEER.contains(String.valueOf(request.fields().get("Sec-Fetch-Dest")));
        return navigates ? Reason.NAVIGATION : null;
    }

    private Decision decideByTable(EdgeRequest request) {
        var table = registry.representations();
        var resource = request.resource();
        var binding = table.lookup(resource).orElse(null);
        if (binding == null) {
            return new Origin(table.isUnlabelled(resource) ? Reason.UNLABELLED : Reason.UNKNOWN);
        }
        if (!binding.isFresh(clock.instant())) {
            return stale(binding.representation());
        }
        if (binding.representation().size() < config.minSize().bytes()) {
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
        // A client that cannot check the bytes meets only peers that the operator vouches for.
        boolean anyPeer = config.audience() == Audience.ANY || request.verifies();
        List<Peer> allowed = anyPeer ? able : able.stream().filter(Peer::superNode).toList();
        return allowed.isEmpty()
                ? new Origin(Reason.NOT_VERIFYING)
                : new Redirect(representation, PeerChoice.choose(allowed, random.get()));
    }

    private static boolean holds(Holder holder, PieceLayout layout, ByteRange.Span span) {
        return holder.pieces().containsAll(layout.pieceAt(span.first()), layout.pieceAt(span.last()));
    }
}
