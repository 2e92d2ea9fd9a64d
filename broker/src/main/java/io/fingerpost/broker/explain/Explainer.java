package io.fingerpost.broker.explain;

import io.fingerpost.broker.explain.Explanation.Asker;
import io.fingerpost.broker.explain.Explanation.Known;
import io.fingerpost.broker.explain.Explanation.Label;
import io.fingerpost.broker.explain.Explanation.Outcome;
import io.fingerpost.broker.explain.Explanation.Request;
import io.fingerpost.broker.explain.Explanation.Said;
import io.fingerpost.broker.routing.Decision;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.broker.routing.RedirectPolicy;
import io.fingerpost.broker.rules.NameSet;
import io.fingerpost.broker.rules.Terms;
import io.fingerpost.contract.PeerId;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.locality.LiveLocator;
import io.fingerpost.registry.locality.Locator;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.representation.Binding;
import io.fingerpost.registry.store.Peer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Explains decisions. Reads memory only and books nothing: to ask changes nothing for anybody. */
public final class Explainer {
    private final RedirectPolicy policy;
    private final Registry registry;
    private final LiveLocator locator;
    private final InstantSource clock;

    public Explainer(RedirectPolicy policy, Registry registry, LiveLocator locator, InstantSource clock) {
        this.policy = policy;
        this.registry = registry;
        this.locator = locator;
        this.clock = clock;
    }

    /** What would become of a request now. */
    public Explanation explain(EdgeRequest request) {
        var candidates = candidates();
        return explain(request, policy.decide(request, candidates), candidates);
    }

    /** For the trace of one decision, which begins now. */
    public Candidates candidates() {
        return new Candidates(clock);
    }

    /**
     * Why a request was just decided as it was.
     *
     * @param candidates that the decision was traced to
     */
    public Explanation explain(EdgeRequest request, Decision decision, Candidates candidates) {
        Locator located = locator.current();
        Place place = located.locate(request.client().address());
        var binding = registry.representations().lookup(request.resource()).orElse(null);
        var chosen = decision instanceof Decision.Redirect redirect ? redirect.peers() : List.<Peer>of();
        return new Explanation(clock.instant(), request(request, located, place),
                new Label(known(request, binding), said(request.terms())), binding == null ? null : known(binding),
                binding == null ? 0 : registry.holders(binding.representation().digest()).count(), candidates.count(),
                candidates.list(chosen, place, request.needsTls()), outcome(decision));
    }

    /** Why a request was rejected of which no more is known than this. */
    public Explanation rejected(String method, String path, Decision.Reject decision) {
        return new Explanation(clock.instant(), new Request(method, path, null, null, null, null), null, null, 0, 0,
                List.of(), outcome(decision));
    }

    private static Request request(EdgeRequest request, Locator located, Place place) {
        var resource = request.resource();
        var asker = new Asker(request.client().address().getHostAddress(), request.client().secure(),
                located.siteLabel(place), located.network(place), Integer.toUnsignedLong(place.asn()),
                place.countryCode());
        String path = request.query().isEmpty() ? request.path() : request.path() + "?" + request.query();
        return new Request(request.method(), path, resource.target(), resource.site(), request.verifies(), asker);
    }

    private String known(EdgeRequest request, @Nullable Binding binding) {
        if (binding != null) {
            return "shareable";
        }
        return registry.representations().isUnlabelled(request.resource()) ? "unlabelled" : "unknown";
    }

    private Known known(Binding binding) {
        var known = binding.representation();
        var layout = known.layout();
        return new Known(known.digest().hex(), known.size(), known.headers().get("ETag"),
                binding.isFresh(clock.instant()), binding.freshUntil(), layout.count(), layout.pieceSize(),
                known.hasPieces());
    }

    private static Said said(Terms terms) {
        return new Said(text(terms.share()), text(terms.audience()), terms.minSize().bytes(),
                terms.freshFor().toSeconds(), names(terms.ignoreCookies()), names(terms.ignoreFields()),
                names(terms.countQuery()), text(terms.onMiss()), text(terms.metalink()), terms.encodedSlashes());
    }

    /** As the configuration has it. */
    private static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static List<String> names(NameSet set) {
        var names = new ArrayList<>(new TreeSet<>(set.names()));
        set.beginnings().forEach(beginning -> names.add(beginning + "*"));
        return names;
    }

    private static Outcome outcome(Decision decision) {
        String reason = decision.reason().tag();
        return switch (decision) {
            case Decision.Redirect redirect -> redirect(redirect, reason);
            case Decision.Origin _ -> Outcome.of("origin", reason, null);
            case Decision.PublicOrigin _ -> Outcome.of("public-origin", reason, null);
            case Decision.Revalidate(var etag) -> Outcome.of("revalidate", reason, etag);
            case Decision.Reject reject -> Outcome.of("reject", reason, reject.detail());
        };
    }

    private static Outcome redirect(Decision.Redirect redirect, String reason) {
        Peer first = redirect.peers().getFirst();
        var alternates = redirect.peers().stream().skip(1).map(Peer::id).map(PeerId::value).toList();
        return new Outcome("redirect", reason, null, first.id().value(), redirect.endpointOf(first).url(), alternates);
    }
}
