package io.fingerpost.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.explain.Explainer;
import io.fingerpost.broker.explain.Explanation;
import io.fingerpost.broker.explain.Explanation.Candidate;
import io.fingerpost.broker.explain.ExplanationJson;
import io.fingerpost.broker.explain.ExplanationText;
import io.fingerpost.broker.rules.OnMiss;
import io.fingerpost.broker.rules.Share;
import io.fingerpost.broker.rules.TestTerms;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.TestAdmissions;
import io.fingerpost.registry.admission.Reach;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.upload.Uploads;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What is said of each kind of decision, and of each peer that is not chosen. */
class ExplainerTest extends RoutingFixture {
    private final Explainer explainer = new Explainer(policy, registry, LOCATOR, InstantSource.fixed(NOW));

    private final Peer stranger = TestPeers.peer(1, false); // of this test alone, for what is booked stays
    private final Peer vouched = TestPeers.peer(2, true);

    private static Peer like(Peer peer, Reach reach, UploadBudget budget, Instant until) {
        return new Peer(peer.id(), TestAdmissions.of(peer.endpoint(), peer.superNode(), reach, budget),
                peer.ticketKey(), peer.place(), new Uploads(budget, NOW.toEpochMilli()), until, Reachability.YES);
    }

    private String excluded(EdgeRequest request) {
        var explanation = explainer.explain(request);
        assertThat(explanation.candidates()).hasSize(1);
        var candidate = explanation.candidates().getFirst();
        assertThat(candidate.rank()).isNull();
        assertThat(candidate.lot()).isNull();
        return candidate.excluded() + ", so " + explanation.decision().reason();
    }

    @Test
    void aRedirectIsToTheFirstOfTheCandidates() {
        known(MAP);
        holds(stranger, MAP);
        holds(vouched, MAP);

        var explanation = explainer.explain(get());

        var decision = explanation.decision();
        assertThat(decision.action() + " " + decision.reason()).isEqualTo("redirect held");
        assertThat(explanation.candidates()).extracting(Candidate::rank).containsExactly(1, 2);
        assertThat(explanation.candidates().getFirst().peer()).isEqualTo(decision.peer());
        assertThat(explanation.candidates().getFirst().endpoint()).isEqualTo(decision.endpoint());
        assertThat(decision.alternates()).containsExactly(explanation.candidates().getLast().peer());
        assertThat(explanation.candidates()).allSatisfy(candidate -> {
            assertThat(candidate.excluded()).isNull();
            assertThat(candidate.tier()).isEqualTo("anywhere");
            assertThat(candidate.uplinkBitsPerSecond()).isEqualTo(100_000_000);
            assertThat(candidate.ramp()).isEqualTo(1);
            assertThat(candidate.bytesInFlight()).isZero();
            assertThat(candidate.lot()).isPositive();
        });
        assertThat(explanation.holders()).isEqualTo(2);
        assertThat(explanation.lookedAt()).isEqualTo(2);
    }

    @Test
    void whatWasBookedBeforeShows() {
        known(MAP);
        holds(stranger, MAP);
        assertThat(bookings.book(get(), policy.decide(get()))).isTrue();

        var candidate = explainer.explain(plainGet("Want-Repr-Digest", "sha-256=10", "User-Agent", "another"))
                .candidates().getFirst();

        assertThat(candidate.bytesInFlight()).isBetween(MAP.size() - 100, MAP.size()); // counted in microseconds
        assertThat(candidate.loadSeconds()).isEqualTo(0.016); // 196608 B at 12.5 MB/s
        assertThat(candidate.busy()).isFalse();
    }

    @Test
    void aBusyPeerComesBehindAnIdleOne() {
        known(MAP);
        holds(stranger, MAP);
        holds(vouched, MAP);
        for (int i = 0; i < 12; i++) {
            assertThat(registry.charge(vouched, 10_000_000, NOW.toEpochMilli())).isTrue();
        }

        var candidates = explainer.explain(get()).candidates();

        assertThat(candidates).extracting(Candidate::peer).containsExactly(stranger.id().value(), vouched.id().value());
        assertThat(candidates).extracting(Candidate::busy).containsExactly(false, true);
    }

    @Test
    void whatIsKnownOfRequestLabelAndRepresentationIsTold() {
        known(MAP);

        var explanation = explainer.explain(get());

        assertThat(explanation.at()).isEqualTo(NOW);
        assertThat(explanation.request().path()).isEqualTo(PATH);
        assertThat(explanation.request().verifies()).isTrue();
        assertThat(explanation.request().client()).satisfies(client -> {
            assertThat(client.address()).isEqualTo("127.0.0.1");
            assertThat(client.network()).isEqualTo("127.0.0.1/32");
            assertThat(client.site()).isEmpty();
        });
        assertThat(explanation.label()).satisfies(label -> {
            assertThat(label.known()).isEqualTo("shareable");
            assertThat(label.terms().share()).isEqualTo("by-headers");
            assertThat(label.terms().audience()).isEqualTo("verifying");
            assertThat(label.terms().minSizeBytes()).isEqualTo(4096);
            assertThat(label.terms().countQuery()).containsExactly("*");
        });
        assertThat(explanation.representation()).satisfies(known -> {
            assertThat(known.digest()).isEqualTo(MAP.digest().hex());
            assertThat(known.sizeBytes()).isEqualTo(3 * PIECE);
            assertThat(known.etag()).isEqualTo("\"v1\"");
            assertThat(known.fresh()).isTrue();
            assertThat(known.freshUntil()).isEqualTo(NOW.plusSeconds(60));
            assertThat(known.pieces()).isEqualTo(3);
            assertThat(known.pieceSizeBytes()).isEqualTo(PIECE);
        });
    }

    private String decision(EdgeRequest request) {
        var decision = explainer.explain(request).decision();
        assertThat(decision.peer()).isNull();
        return decision.action() + " " + decision.reason();
    }

    private String label(EdgeRequest request) {
        var label = explainer.explain(request).label();
        return label == null ? "" : label.known();
    }

    @Test
    void theOriginIsSaidToServeTheRest() {
        assertThat(decision(get())).isEqualTo("origin unknown");
        assertThat(label(get())).isEqualTo("unknown");
        assertThat(explainer.explain(get()).representation()).isNull();

        table.refuse(new ResourceId(PATH));
        assertThat(decision(get())).isEqualTo("origin unlabelled");
        assertThat(label(get())).isEqualTo("unlabelled");

        known(MAP);
        assertThat(decision(get())).isEqualTo("origin no_holder");
        assertThat(decision(get("Cookie", "a=b"))).isEqualTo("origin cookie");
        assertThat(decision(under(TestTerms.with(Share.NO, Duration.ZERO), get()))).isEqualTo("origin rule");
        assertThat(decision(under(TestTerms.with(OnMiss.REDIRECT), get()))).isEqualTo("public-origin no_holder");
    }

    @Test
    void aRejectionSaysWhatIsWrong() {
        var decision = explainer.explain(request("GET", "/a//b", "", get().fields())).decision();

        assertThat(decision.action() + " " + decision.reason()).isEqualTo("reject bad_path");
        assertThat(decision.detail()).contains("//");
    }

    @Test
    void whatIsStaleIsToBeRevalidatedIfPeersHoldIt() {
        table.learn(new ResourceId(PATH), MAP, NOW);
        holds(stranger, MAP);

        var explanation = explainer.explain(get());

        assertThat(explanation.decision().action()).isEqualTo("revalidate");
        assertThat(explanation.decision().detail()).isEqualTo("\"v1\"");
        assertThat(explanation.representation()).satisfies(known -> assertThat(known.fresh()).isFalse());
        assertThat(explanation.holders()).isEqualTo(1);
        assertThat(explanation.lookedAt()).isZero();
    }

    @Test
    void eachExclusionHasItsReason() {
        var budget = stranger.uploads().budget();
        known(MAP);
        holds(like(stranger, Reach.IPV4, budget, NOW), MAP);
        assertThat(excluded(get())).isEqualTo("gone, so no_holder");

        holds(like(stranger, Reach.IPV6, budget, NOW.plusSeconds(9)), MAP);
        assertThat(excluded(get())).isEqualTo("other-protocol, so other_protocol");

        holds(like(stranger, Reach.IPV4, new UploadBudget(1_000_000, 1, 1000), NOW.plusSeconds(9)), MAP);
        assertThat(excluded(get())).isEqualTo("over-budget, so over_budget");

        holds(stranger, MAP);
        assertThat(excluded(plainGet())).isEqualTo("not-vouched-for, so not_verifying");
        assertThat(excluded(get("Fingerpost-Peer", stranger.id().value()))).isEqualTo("asks-itself, so no_holder");
        var page = get("Sec-Fetch-Mode", "cors");
        assertThat(excluded(new EdgeRequest("GET", PATH, "", page.resource(), page.terms(),
                new Client(CLIENT.address(), true), true, page.fields()))).isEqualTo("without-tls, so mixed_content");

        holds(stranger, MAP, 0);
        assertThat(excluded(get())).isEqualTo("lacks-pieces, so no_holder");
        assertThat(explainer.explain(get("Range", "bytes=0-9")).decision().action()).isEqualTo("redirect");
    }

    @Test
    void aPeerThatFailedTheClientIsNamed() {
        known(MAP);
        holds(stranger, MAP);
        assertThat(bookings.book(get(), policy.decide(get()))).isTrue();

        assertThat(excluded(get())).isEqualTo("failed-client, so came_back");
        assertThat(suspects).isEmpty();
    }

    @Test
    void aPeerThatHasSeenEnoughOfTheNetworkIsNamed() {
        known(MAP);
        holds(stranger, MAP);
        for (int i = 0; i < 16; i++) {
            shares.note(stranger, LOCATOR.locate(CLIENT.address()));
        }

        assertThat(excluded(get())).isEqualTo("seen-enough, so network_share");
    }

    @Test
    void aPeerOfOtherPartsComesLater() {
        known(MAP);
        holds(stranger, MAP);
        holds(vouched, MAP);
        var first = policy.decide(get("Range", "bytes=0-9"));
        assertThat(bookings.book(get("Range", "bytes=0-9"), first)).isTrue();

        var candidates = explainer.explain(get("Range", "bytes=10-19")).candidates();

        assertThat(candidates).extracting(Candidate::usedForOtherParts).containsExactly(false, true);
        assertThat(((Decision.Redirect) first).peers().getFirst().id().value())
                .isEqualTo(candidates.getLast().peer());
    }

    @Test
    void ofManyHoldersThoseAreListedThatWereLookedAt() {
        known(MAP);
        for (int i = 0; i < 120; i++) {
            holds(TestPeers.peer(i, i % 2 == 0), MAP);
        }

        var explanation = explainer.explain(plainGet());

        assertThat(explanation.holders()).isEqualTo(120);
        assertThat(explanation.lookedAt()).isBetween(2, Explanation.MAX_CANDIDATES)
                .isEqualTo(explanation.candidates().size());
        assertThat(explanation.candidates()).extracting(Candidate::peer).doesNotHaveDuplicates();
        assertThat(explanation.candidates().getFirst().peer()).isEqualTo(explanation.decision().peer());
    }

    @Test
    void aLineHasAsManyCandidatesAsFit() {
        known(MAP);
        for (int i = 0; i < 16; i++) {
            holds(TestPeers.peer(i, false), MAP);
        }
        var explanation = explainer.explain(get());
        assertThat(explanation.candidates()).hasSize(16);

        String line = new ExplanationJson().line(explanation);

        var json = new JsonMapper().readTree(line);
        assertThat(line).hasSizeBetween(ExplanationJson.MAX_LINE - 500, ExplanationJson.MAX_LINE);
        assertThat(json.at("/candidates").size()).isBetween(3, 15);
        assertThat(json.at("/lookedAt").asInt()).isEqualTo(16);
        assertThat(json.at("/decision/peer").asString()).isEqualTo(json.at("/candidates/0/peer").asString());
    }

    @Test
    void aLineIsVisibleAsciiAndBoundedWhateverTheClientSends() {
        for (String path : new String[] {"/\u20ac\r\n\u0000\u007f\u0085\"\\", "/" + "\u20ac".repeat(3000)}) {
            String line = new ExplanationJson().line(explainer.explain(request("GET", path, path, _ -> null)));

            assertThat(line).matches("[ -~]+").hasSizeLessThanOrEqualTo(ExplanationJson.MAX_LINE);
            assertThat(new JsonMapper().readTree(line).at("/decision/reason").asString()).isEqualTo("bad_path");
            assertThat(new JsonMapper().readTree(line).at("/request/path").asString()).startsWith(path.substring(0, 5));
        }
    }

    @Test
    void theTextHasALineForEachCandidate() {
        known(MAP);
        holds(stranger, MAP);
        holds(vouched, MAP);

        var lines = ExplanationText.of(explainer.explain(plainGet())).lines().toList();

        assertThat(lines).hasSize(9);
        assertThat(lines).filteredOn(line -> line.contains(stranger.endpoint().url())).singleElement().asString()
                .startsWith("   -  anywhere").endsWith("excluded: not-vouched-for");
        assertThat(lines.getLast()).startsWith("decision        redirect, held: " + vouched.endpoint().url());
    }

    @Test
    void nothingThatOpensAPeerIsTold() {
        known(MAP);
        holds(stranger, MAP);
        var explanation = explainer.explain(get());

        String told = new ExplanationJson().pretty(explanation) + ExplanationText.of(explanation)
                + new ExplanationJson().line(explanation);

        assertThat(told).contains(stranger.id().value())
                .doesNotContain(new JsonMapper().writeValueAsString(stranger.ticketKey()).replace("\"", ""), "?t=");
    }
}
