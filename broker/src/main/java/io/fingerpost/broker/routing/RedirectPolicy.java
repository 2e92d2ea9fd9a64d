package io.fingerpost.broker.routing;

import io.fingerpost.broker.choice.ChoiceTrace;
import io.fingerpost.broker.choice.Exclusion;
import io.fingerpost.broker.choice.PeerChoice;
import io.fingerpost.broker.choice.Wanted;
import io.fingerpost.broker.routing.Decision.Origin;
import io.fingerpost.broker.routing.Decision.PublicOrigin;
import io.fingerpost.broker.routing.Decision.Redirect;
import io.fingerpost.broker.routing.Decision.Reject;
import io.fingerpost.broker.routing.Decision.Revalidate;
import io.fingerpost.broker.rules.Audience;
import io.fingerpost.broker.rules.OnMiss;
import io.fingerpost.broker.rules.Share;
import io.fingerpost.broker.rules.SharingConfig;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.locality.LiveLocator;
import io.fingerpost.registry.representation.Binding;
import io.fingerpost.registry.representation.Known;
import io.fingerpost.registry.store.Peer;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Chooses between a peer and the origin. Reads memory only. */
public final class RedirectPolicy {
    /** The peer to go to, and alternates. */
    private static final int MOST_PEERS = 4;

    /** Our name in `CDN-Loop` (RFC 8586). */
    public static final String CDN_ID = "fingerpost";

    /** Destinations whose content would run in the peer's origin (Fetch standard, request destination). */
    private static final Map<String, Reason> RUNS_AT_PEER = Map.ofEntries(Map.entry("document", Reason.NAVIGATION),
            Map.entry("iframe", Reason.FRAME), Map.entry("frame", Reason.FRAME), Map.entry("embed", Reason.FRAME),
            Map.entry("object", Reason.FRAME), Map.entry("fencedframe", Reason.FRAME),
            Map.entry("worker", Reason.WORKER), Map.entry("sharedworker", Reason.WORKER),
            Map.entry("serviceworker", Reason.WORKER), Map.entry("xslt", Reason.SAME_ORIGIN));

    private final Registry registry;
    private final LiveLocator locator;
    private final RecentRedirects recent;
    private final PeerChoice peers;
    private final BooleanSupplier panic;
    private final InstantSource clock;

    /** @param panic whether peers are not to be used now */
    public RedirectPolicy(Registry registry, LiveLocator locator, RecentRedirects recent, PeerChoice peers,
            BooleanSupplier panic, InstantSource clock) {
        this.registry = registry;
        this.locator = locator;
        this.recent = recent;
        this.peers = peers;
        this.panic = panic;
        this.clock = clock;
    }

    public Decision decide(EdgeRequest request) {
        return decide(request, null);
    }

    /** @param trace is told what becomes of each peer that is looked at, if given */
    public Decision decide(EdgeRequest request, @Nullable ChoiceTrace trace) {
        String defect = PathRules.defect(request.path(), request.query(), request.terms().encodedSlashes());
        if (defect != null) {
            return new Reject(Reason.BAD_PATH, defect);
        }
        if (request.mentions("CDN-Loop", CDN_ID)) {
            return new Reject(Reason.LOOP,
                    "this request has passed here before: is the origin's URL that of the broker?");
        }
        Reason unredirectable = unredirectable(request);
        Decision decision = unredirectable != null ? new Origin(unredirectable) : decideByTable(request, trace);
        return maySeeOrigin(request, decision.reason()) ? new PublicOrigin(decision.reason()) : decision;
    }

    /** For a request whose peers had no room left each time, when it came to that. */
    public Decision overBudget(EdgeRequest request) {
        return maySeeOrigin(request, Reason.OVER_BUDGET)
                ? new PublicOrigin(Reason.OVER_BUDGET)
                : new Origin(Reason.OVER_BUDGET);
    }

    /** What the resource is known to be; null if that is not known, or no longer. */
    public @Nullable Representation fresh(EdgeRequest request) {
        return registry.representations().lookup(request.resource())
                .filter(binding -> binding.isFresh(clock.instant())).map(Binding::representation).orElse(null);
    }

    /** An agent is served by the broker, which is all that it knows; a page with TLS, because the public URL may have none. */
    private static boolean maySeeOrigin(EdgeRequest request, Reason reason) {
        return request.terms().onMiss() == OnMiss.REDIRECT && reason.isPlainMiss() && request.isGetOrHead()
                && request.peer() == null && !request.needsTls();
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

    private Decision decideByTable(EdgeRequest request, @Nullable ChoiceTrace trace) {
        if (request.terms().share() == Share.NO) {
            return new Origin(Reason.RULE);
        }
        var table = registry.representations();
        var resource = request.resource();
        var known = table.known(resource);
        if (known == null) {
            return new Origin(table.isUnlabelled(resource) ? Reason.UNLABELLED : Reason.UNKNOWN);
        }
        var binding = known.binding();
        long now = clock.millis();
        if (!binding.isFresh(now)) {
            return stale(binding.representation());
        }
        if (binding.representation().size() < request.terms().minSize().bytes()) {
            return new Origin(Reason.TOO_SMALL);
        }
        return decideByHolders(request, known, now, trace);
    }

    private Decision stale(Representation known) {
        String etag = known.headers().get("ETag");
        return etag == null || registry.holders(known.digest()).count() == 0
                ? new Origin(Reason.STALE)
                : new Revalidate(etag);
    }

    private Decision decideByHolders(EdgeRequest request, Known known, long now,
            @Nullable ChoiceTrace trace) {
        var representation = known.binding().representation();
        var holders = registry.holders(representation.digest());
        ByteRange range = request.range();
        var span = range instanceof ByteRange.Whole ? null : range.resolve(representation.size());
        if (span == null && !(range instanceof ByteRange.Whole)) {
            return new Origin(Reason.UNSATISFIABLE_RANGE);
        }
        if (holders.count() == 0) {
            return new Origin(Reason.NO_HOLDER);
        }
        if (panic.getAsBoolean()) {
            return new Origin(Reason.PANIC);
        }
        var wanted = wanted(request, representation, span, now);
        var choice = peers.choose(wanted, holders, now, trace);
        List<Peer> chosen = choice.peers();
        Reason miss = chosen.isEmpty() ? miss(choice.obstacle()) : null;
        if (miss != Reason.NO_HOLDER && known.namesakes().isAmbiguous() && !request.verifies()) {
            return new Origin(Reason.AMBIGUOUS);
        }
        return miss != null
                ? new Origin(miss)
                : new Redirect(representation, chosen, wanted.bytes(), wanted.place(), wanted.tlsOnly());
    }

    /** @param span what is wanted of it; null for all */
    private Wanted wanted(EdgeRequest request, Representation representation, ByteRange.@Nullable Span span, long now) {
        var layout = representation.layout();
        boolean verifies = request.verifies();
        Client client = request.client();
        int last = span == null ? layout.count() - 1 : layout.pieceAt(span.last());
        long bytes = span == null ? representation.size() : span.length();
        // A client that cannot check the bytes meets only peers that the operator vouches for.
        return new Wanted(span == null ? 0 : layout.pieceAt(span.first()), last,
                request.method().equals("HEAD") ? 0 : bytes, locator.locate(client.address()),
                verifies || request.terms().audience() == Audience.ANY, request.needsTls(),
                request.peer(), recent.past(request, now), verifies ? MOST_PEERS : 2);
    }

    private static Reason miss(@Nullable Exclusion obstacle) {
        return switch (obstacle) {
            case null -> Reason.NO_HOLDER;
            case GONE, UNPROVED, DOWN, QUARANTINED, LACKS_PIECES, ASKS_ITSELF -> Reason.NO_HOLDER;
            case NOT_VOUCHED_FOR -> Reason.NOT_VERIFYING;
            case WITHOUT_TLS -> Reason.MIXED_CONTENT;
            case OTHER_PROTOCOL -> Reason.OTHER_PROTOCOL;
            case FAILED_CLIENT -> Reason.CAME_BACK;
            case SEEN_ENOUGH -> Reason.NETWORK_SHARE;
            case OVER_BUDGET -> Reason.OVER_BUDGET;
        };
    }
}
