package io.fingerpost.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.fingerpost.broker.routing.Decision.Origin;
import io.fingerpost.broker.routing.Decision.PublicOrigin;
import io.fingerpost.broker.routing.Decision.Redirect;
import io.fingerpost.broker.routing.Decision.Reject;
import io.fingerpost.broker.rules.Audience;
import io.fingerpost.broker.rules.OnMiss;
import io.fingerpost.broker.rules.Share;
import io.fingerpost.broker.rules.Terms;
import io.fingerpost.broker.rules.TestTerms;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.api.LeaseTerms;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.contract.http.HeaderFields;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.RegistryConfig;
import io.fingerpost.registry.admission.AddressPolicy;
import io.fingerpost.registry.admission.EndpointDialler;
import io.fingerpost.registry.admission.EndpointProver;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectPolicyTest {
    private static final Client CLIENT = new Client(InetAddress.getLoopbackAddress(), false);
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final String PATH = "/game/map.pak";
    private static final int PIECE = 256 * 1024;
    private static final Representation MAP = TestPeers.representation(3 * PIECE);
    private static final Peer PEER = TestPeers.peer(1, false);
    private static final Peer SUPER_NODE = TestPeers.peer(2, true);

    private final MemoryStore store = new MemoryStore();
    private final RepresentationTable table = new RepresentationTable(ByteSize.parse("1MiB"));
    private final Registry registry = new Registry(
            new RegistryConfig(List.of(), Optional.empty(), Duration.ofSeconds(1), 10, 10, Duration.ofMinutes(5),
                    ByteSize.parse("1MiB")),
            new LeaseTerms(Duration.ofSeconds(30), Duration.ofSeconds(10)), store, table,
            new EndpointProver(new EndpointDialler(new AddressPolicy(List.of()), Duration.ofSeconds(1))), new byte[32],
            InstantSource.fixed(NOW));
    private final List<PeerId> suspects = new ArrayList<>();
    private final RecentRedirects recent = new RecentRedirects(Duration.ofSeconds(10), InstantSource.fixed(NOW),
            suspects::add);
    private final RedirectPolicy policy = new RedirectPolicy(registry, recent, InstantSource.fixed(NOW),
            () -> new Random(1));

    private void known(Representation representation) {
        table.learn(new ResourceId(PATH), representation, NOW.plusSeconds(60));
    }

    private void holds(Peer peer, Representation representation, int... pieces) {
        int count = representation.layout().count();
        var bits = new BitSet();
        for (int piece : pieces) {
            bits.set(piece);
        }
        store.admit(peer);
        store.hold(peer.id(), representation.digest(),
                pieces.length == 0 ? PieceSet.all(count) : PieceSet.of(count, bits));
    }

    /** The map is known and a peer has it: only the request can stand in the way. */
    private void knownAndHeld() {
        known(MAP);
        holds(PEER, MAP);
    }

    /** A GET by a client that verifies, with more fields as name, value, name, value … */
    private static EdgeRequest get(String... fields) {
        var all = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        all.put("Want-Repr-Digest", "sha-256=10");
        for (int i = 0; i < fields.length; i += 2) {
            all.put(fields[i], fields[i + 1]);
        }
        return request("GET", PATH, "", all::get);
    }

    private static EdgeRequest request(String method, String path, String query, HeaderFields fields) {
        return new EdgeRequest(method, path, query, new ResourceId(query.isEmpty() ? path : path + "?" + query),
                TestTerms.DEFAULT, CLIENT, true, fields);
    }

    private static EdgeRequest under(Terms terms, EdgeRequest request) {
        return new EdgeRequest(request.method(), request.path(), request.query(), request.resource(), terms,
                request.client(), request.isOrdinary(), request.fields());
    }

    private static EdgeRequest plainGet(String... fields) {
        var all = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < fields.length; i += 2) {
            all.put(fields[i], fields[i + 1]);
        }
        return request("GET", PATH, "", all::get);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void aClientThatVerifiesIsSentToAPeerThatHolds(String method) {
        knownAndHeld();

        var decision = policy
                .decide(request(method, PATH, "", Map.of("Want-Repr-Digest", "sha-256=1")::get));

        assertThat(decision).isEqualTo(new Redirect(MAP, List.of(PEER)));
        assertThat(decision.reason()).isEqualTo(Reason.HELD);
    }

    @Test
    void theQueryIsPartOfTheResource() {
        knownAndHeld();

        var decision = policy.decide(request("GET", PATH, "v=2", get().fields()));

        assertThat(decision).isEqualTo(new Origin(Reason.UNKNOWN));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get"})
    void otherMethodsGoToTheOrigin(String method) {
        knownAndHeld();

        assertThat(policy.decide(request(method, PATH, "", get().fields())))
                .isEqualTo(new Origin(Reason.METHOD));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "Authorization | Basic Zm9v | AUTHORIZATION",
            "Proxy-Authorization | Basic Zm9v | PROXY_AUTHORIZATION",
            "Content-Length | 5 | BODY",
            "Transfer-Encoding | chunked | BODY",
            "Cookie | a=b | COOKIE",
            "Cache-Control | no-cache | NO_CACHE",
            "Cache-Control | max-age=0, No-Cache | NO_CACHE",
            "Cache-Control | no-store | NO_CACHE",
            "Pragma | no-cache | NO_CACHE",
            "If-None-Match | \"v1\" | CONDITIONAL",
            "If-Modified-Since | Thu, 01 Jan 2026 00:00:00 GMT | CONDITIONAL",
            "If-Match | \"v1\" | CONDITIONAL",
            "If-Unmodified-Since | Thu, 01 Jan 2026 00:00:00 GMT | CONDITIONAL",
            "If-Range | \"v1\" | CONDITIONAL",
            "Range | bytes=0-1,4-5 | MULTI_RANGE",
            "Range | bytes=786432- | UNSATISFIABLE_RANGE",
            "Range | bytes=-0 | UNSATISFIABLE_RANGE",
            "Sec-GPC | 1 | SHARING_DECLINED",
            "Sec-Fetch-Mode | navigate | NAVIGATION",
            "Upgrade-Insecure-Requests | 1 | NAVIGATION",
            "Sec-Fetch-Dest | document | NAVIGATION",
            "Sec-Fetch-Dest | iframe | FRAME",
            "Sec-Fetch-Dest | frame | FRAME",
            "Sec-Fetch-Dest | embed | FRAME",
            "Sec-Fetch-Dest | object | FRAME",
            "Sec-Fetch-Dest | worker | WORKER",
            "Sec-Fetch-Dest | sharedworker | WORKER",
            "Sec-Fetch-Dest | serviceworker | WORKER",
            "Sec-Fetch-Dest | xslt | SAME_ORIGIN",
            "Sec-Fetch-Mode | same-origin | SAME_ORIGIN",
            "Sec-Fetch-Mode | websocket | SAME_ORIGIN"})
    void aFieldThatForbidsARedirectSendsToTheOrigin(String name, String value, Reason reason) {
        knownAndHeld();

        assertThat(policy.decide(get(name, value))).isEqualTo(new Origin(reason));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Sec-GPC | 0", "Sec-Fetch-Mode | cors", "Sec-Fetch-Dest | image",
            "Cache-Control | max-age=0", "Range | bytes=0-1", "Range | bytes=786431-", "Range | lines=1-2"})
    void aHarmlessFieldDoesNot(String name, String value) {
        knownAndHeld();

        assertThat(policy.decide(get(name, value))).isInstanceOf(Redirect.class);
    }

    @Test
    void aRequestWithAFieldThatMayBeACredentialGoesToTheOrigin() {
        knownAndHeld();
        var request = get("X-Api-Key", "secret");

        assertThat(policy.decide(new EdgeRequest("GET", PATH, "", request.resource(), TestTerms.DEFAULT, CLIENT, false,
                request.fields()))).isEqualTo(new Origin(Reason.UNUSUAL_FIELD));
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Amz-Signature=abc", "v=1&sig=abc", "a=1;sig=2", "md5=x&expires=1", "st=x&e=1",
            "Expires=1&Signature=x&Key-Pair-Id=y", "TOKEN=t",
            "hdnts=exp~hmac"})
    void aSignedQueryIsACredential(String query) {
        table.learn(new ResourceId(PATH + "?" + query), MAP, NOW.plusSeconds(60));
        holds(PEER, MAP);

        assertThat(policy.decide(request("GET", PATH, query, get().fields())))
                .isEqualTo(new Origin(Reason.SIGNED_QUERY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"v=1", "design=2", "tokens=3", "sig", "a=sig=b", "v=token", "md5=x", "e=1"})
    void anyOtherQueryIsNot(String query) {
        table.learn(new ResourceId(PATH + "?" + query), MAP, NOW.plusSeconds(60));
        holds(PEER, MAP);

        assertThat(policy.decide(request("GET", PATH, query, get().fields()))).isInstanceOf(Redirect.class);
    }

    @Test
    void whatTheOperatorDoesNotWantSharedGoesToTheOrigin() {
        knownAndHeld();

        assertThat(policy.decide(under(TestTerms.with(Share.NO, Duration.ZERO), get())))
                .isEqualTo(new Origin(Reason.RULE));
    }

    @Test
    void aPageThatCameWithTlsIsNotSentToAPeerWithout() {
        knownAndHeld();
        var secure = new Client(CLIENT.address(), true);
        var page = get("Sec-Fetch-Mode", "cors");
        var tool = get();

        assertThat(policy.decide(new EdgeRequest("GET", PATH, "", page.resource(), TestTerms.DEFAULT, secure, true,
                page.fields()))).isEqualTo(new Origin(Reason.MIXED_CONTENT));
        assertThat(policy.decide(new EdgeRequest("GET", PATH, "", tool.resource(), TestTerms.DEFAULT, secure, true,
                tool.fields()))).isInstanceOf(Redirect.class);
        assertThat(policy.decide(page)).isInstanceOf(Redirect.class);
    }

    @Test
    void aMissMayGoToTheOriginsPublicUrl() {
        known(MAP);

        assertThat(policy.decide(under(TestTerms.with(OnMiss.REDIRECT), get())))
                .isEqualTo(new PublicOrigin(Reason.NO_HOLDER));
    }

    @Test
    void whatIsToBeLearnedOrIsSecretNeverGoesThere() {
        var terms = TestTerms.with(OnMiss.REDIRECT);

        assertThat(policy.decide(under(terms, get()))).isEqualTo(new Origin(Reason.UNKNOWN));
        known(MAP);
        assertThat(policy.decide(under(terms, get("Cookie", "a=b")))).isEqualTo(new Origin(Reason.COOKIE));
        assertThat(policy.decide(under(terms, get("Authorization", "x")))).isEqualTo(new Origin(Reason.AUTHORIZATION));
        assertThat(policy.decide(under(terms, get("If-None-Match", "x")))).isEqualTo(new Origin(Reason.CONDITIONAL));
        assertThat(policy.decide(under(terms, get("Fingerpost-Peer", "x")))).isEqualTo(new Origin(Reason.NO_HOLDER));
    }

    @Test
    void aClientThatComesBackIsSentToAnotherPeerAndThenToTheOrigin() {
        knownAndHeld();
        holds(SUPER_NODE, MAP);

        var first = (Redirect) policy.decide(get());
        recent.note(get(), first);
        var second = (Redirect) policy.decide(get());
        recent.note(get(), second);
        var third = policy.decide(get());
        recent.note(get(), third);
        recent.note(get(), policy.decide(get()));

        assertThat(first.peers()).hasSize(2);
        assertThat(second.peers()).containsExactly(first.peers().getLast());
        assertThat(third).isEqualTo(new Origin(Reason.CAME_BACK));
        assertThat(suspects).as("each once").containsExactly(first.peers().getFirst().id(),
                second.peers().getFirst().id());
    }

    @Test
    void aPeerFromWhichAClientCameBackIsNotAskedForOtherPartsEither() {
        knownAndHeld();
        holds(SUPER_NODE, MAP);
        var first = (Redirect) policy.decide(get("Range", "bytes=0-9"));
        recent.note(get("Range", "bytes=0-9"), first);
        var second = (Redirect) policy.decide(get("Range", "bytes=0-9"));
        recent.note(get("Range", "bytes=0-9"), second);

        var other = (Redirect) policy.decide(get("Range", "bytes=10-19"));

        assertThat(other.peers()).containsExactly(second.peers().getFirst());
    }

    @Test
    void othersAreNotConcerned() {
        knownAndHeld();
        recent.note(get(), policy.decide(get()));

        assertThat(policy.decide(get("User-Agent", "another"))).isInstanceOf(Redirect.class);
        assertThat(policy.decide(request("HEAD", PATH, "", get().fields()))).isInstanceOf(Redirect.class);
        assertThat(suspects).isEmpty();
    }

    @Test
    void whoComesBackMoreOftenThanAClientWouldIsACrowd() {
        knownAndHeld();
        var decisions = new ArrayList<Decision>();
        for (int i = 0; i < 20; i++) {
            var decision = policy.decide(get());
            recent.note(get(), decision);
            decisions.add(decision);
        }

        assertThat(decisions.subList(1, 8)).containsOnly(new Origin(Reason.CAME_BACK));
        assertThat(decisions.subList(8, 20)).allMatch(Redirect.class::isInstance);
        assertThat(suspects).hasSize(1);
    }

    @Test
    void howARangeIsSpeltDoesNotMakeItAnotherPart() {
        knownAndHeld();
        recent.note(get("Range", "bytes=0-9"), policy.decide(get("Range", "bytes=0-9")));
        recent.note(get("Range", "junk" + "x".repeat(1000)), policy.decide(get("Range", "junk")));

        assertThat(policy.decide(get("Range", "bytes= 0-09"))).isEqualTo(new Origin(Reason.CAME_BACK));
        assertThat(policy.decide(get())).isEqualTo(new Origin(Reason.CAME_BACK));
    }

    @Test
    void whatLiesOutsideTheWindowIsForgottenHoweverOftenTheClientComes() {
        knownAndHeld();
        var now = new AtomicReference<>(NOW);
        var moving = new RecentRedirects(Duration.ofSeconds(10), now::get, suspects::add);
        var patient = new RedirectPolicy(registry, moving, InstantSource.fixed(NOW), () -> new Random(1));
        moving.note(get(), patient.decide(get()));

        now.set(NOW.plusSeconds(6));
        assertThat(patient.decide(get())).isEqualTo(new Origin(Reason.CAME_BACK));
        moving.note(get(), patient.decide(get()));
        now.set(NOW.plusSeconds(11));

        assertThat(patient.decide(get())).isInstanceOf(Redirect.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Want-Digest | sha-256;q=0", "Accept | application/metalink4+xml;q=0.0, */*",
            "Accept | text/x-application/metalink4+xml", "Want-Repr-Digest | sha-256=0", "Want-Digest | md5"})
    void whoDoesNotWantADigestDoesNotVerify(String field, String value) {
        knownAndHeld();

        assertThat(policy.decide(plainGet(field, value))).isEqualTo(new Origin(Reason.NOT_VERIFYING));
    }

    @Test
    void aPageWithTlsIsNotSentToThePublicOrigin() {
        known(MAP);
        var page = under(TestTerms.with(OnMiss.REDIRECT), get("Sec-Fetch-Mode", "cors"));

        assertThat(policy.decide(page)).isEqualTo(new PublicOrigin(Reason.NO_HOLDER));
        assertThat(policy.decide(new EdgeRequest("GET", PATH, "", page.resource(), page.terms(),
                new Client(CLIENT.address(), true), true, page.fields()))).isEqualTo(new Origin(Reason.NO_HOLDER));
    }

    @Test
    void partsOfOneDownloadComeFromDifferentPeersAndSuspectNone() {
        knownAndHeld();
        holds(SUPER_NODE, MAP);

        var first = (Redirect) policy.decide(get("Range", "bytes=0-9"));
        recent.note(get("Range", "bytes=0-9"), first);
        var second = (Redirect) policy.decide(get("Range", "bytes=10-19"));
        recent.note(get("Range", "bytes=10-19"), second);
        var third = policy.decide(get("Range", "bytes=20-29"));
        recent.note(get("Range", "bytes=20-29"), third);

        assertThat(second.peers()).containsExactlyElementsOf(first.peers().reversed());
        assertThat(third).isInstanceOf(Redirect.class);
        assertThat(suspects).isEmpty();
    }

    @Test
    void aResourceThatTheOriginDoesNotLabelGoesToTheOrigin() {
        knownAndHeld();
        table.refuse(new ResourceId(PATH));

        assertThat(policy.decide(get())).isEqualTo(new Origin(Reason.UNLABELLED));
    }

    @Test
    void aResourceThatNobodyAskedForGoesToTheOrigin() {
        holds(PEER, MAP);

        assertThat(policy.decide(get())).isEqualTo(new Origin(Reason.UNKNOWN));
    }

    @Test
    void whatIsFreshUntilNowIsStale() {
        holds(PEER, MAP);

        table.learn(new ResourceId(PATH), MAP, NOW);

        assertThat(policy.decide(get())).isEqualTo(new Decision.Revalidate(MAP.headers().get("ETag")));
    }

    @Test
    void whatIsStaleAndNobodyHoldsComesFromTheOrigin() {
        table.learn(new ResourceId(PATH), MAP, NOW);

        assertThat(policy.decide(get())).isEqualTo(new Origin(Reason.STALE));
    }

    @Test
    void whatIsFreshForAMomentLongerIsNot() {
        holds(PEER, MAP);

        table.learn(new ResourceId(PATH), MAP, NOW.plusNanos(1));

        assertThat(policy.decide(get())).isInstanceOf(Redirect.class);
    }

    @Test
    void aBodyBelowTheFloorGoesToTheOrigin() {
        var small = TestPeers.representation(4095);
        known(small);
        holds(PEER, small);

        assertThat(policy.decide(get())).isEqualTo(new Origin(Reason.TOO_SMALL));
    }

    @Test
    void aBodyAtTheFloorDoesNot() {
        var enough = TestPeers.representation(4096);
        known(enough);
        holds(PEER, enough);

        assertThat(policy.decide(get())).isInstanceOf(Redirect.class);
    }

    @Test
    void withoutAHolderTheOriginServes() {
        known(MAP);

        assertThat(policy.decide(get())).isEqualTo(new Origin(Reason.NO_HOLDER));
    }

    @Test
    void aHolderOfOtherBytesIsNone() {
        known(MAP);
        holds(PEER, TestPeers.representation(5000));

        assertThat(policy.decide(get())).isEqualTo(new Origin(Reason.NO_HOLDER));
    }

    @Test
    void aHolderWhoseLeaseRunsOutNowIsNone() {
        known(MAP);
        holds(new Peer(PEER.id(), PEER.endpoint(), false, PEER.secretHash(), PEER.ticketKey(), NOW), MAP);

        assertThat(policy.decide(get())).isEqualTo(new Origin(Reason.NO_HOLDER));
    }

    @Test
    void aPeerIsNeverSentToItself() {
        knownAndHeld();

        assertThat(policy.decide(get("Fingerpost-Peer", PEER.id().value()))).isEqualTo(new Origin(Reason.NO_HOLDER));
    }

    @Test
    void aPeerIsSentToAnother() {
        knownAndHeld();
        holds(SUPER_NODE, MAP);

        assertThat(policy.decide(get("Fingerpost-Peer", PEER.id().value())))
                .isEqualTo(new Redirect(MAP, List.of(SUPER_NODE)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Want-Repr-Digest | sha-256=10", "Want-Repr-Digest | sha-512=3, sha-256=1",
            "Want-Digest | SHA-256;q=1", "Accept | */*,application/metalink4+xml,application/metalink+xml"})
    void aClientThatSaysThatItVerifiesMayMeetAnyPeer(String name, String value) {
        knownAndHeld();

        assertThat(policy.decide(plainGet(name, value))).isInstanceOf(Redirect.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Want-Repr-Digest | sha-256=0", "Want-Repr-Digest | sha-512=10",
            "Want-Repr-Digest | sha-256=10,", "Want-Digest | MD5", "Accept | */*", "User-Agent | curl/8"})
    void aClientThatDoesNotIsServedByTheOrigin(String name, String value) {
        knownAndHeld();

        assertThat(policy.decide(plainGet(name, value))).isEqualTo(new Origin(Reason.NOT_VERIFYING));
    }

    @Test
    void aClientThatDoesNotVerifyMeetsSuperNodesAlone() {
        knownAndHeld();
        holds(SUPER_NODE, MAP);

        assertThat(policy.decide(plainGet())).isEqualTo(new Redirect(MAP, List.of(SUPER_NODE)));
    }

    @Test
    void theOperatorMayOpenAllPeersToEveryone() {
        knownAndHeld();

        assertThat(policy.decide(under(TestTerms.with(Audience.ANY), plainGet())))
                .isEqualTo(new Redirect(MAP, List.of(PEER)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=262144-524287", "bytes=300000-300000", "bytes=524287-524287"})
    void aHolderOfAPartIsUsedForRangesInIt(String range) {
        known(MAP);
        holds(PEER, MAP, 1);

        assertThat(policy.decide(get("Range", range))).isEqualTo(new Redirect(MAP, List.of(PEER)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=262143-262144", "bytes=524287-524288", "bytes=0-", "bytes=-1", "bytes=262144-"})
    void aHolderOfAPartIsNotUsedForMore(String range) {
        known(MAP);
        holds(PEER, MAP, 1);

        assertThat(policy.decide(get("Range", range))).isEqualTo(new Origin(Reason.NO_HOLDER));
    }

    @Test
    void aHolderOfAPartIsNotUsedForTheWhole() {
        known(MAP);
        holds(PEER, MAP, 0, 2);

        assertThat(policy.decide(get())).isEqualTo(new Origin(Reason.NO_HOLDER));
    }

    @Test
    void aHolderOfTheLastPieceIsUsedForASuffix() {
        known(MAP);
        holds(PEER, MAP, 2);

        assertThat(policy.decide(get("Range", "bytes=-262144"))).isInstanceOf(Redirect.class);
        assertThat(policy.decide(get("Range", "bytes=-262145"))).isEqualTo(new Origin(Reason.NO_HOLDER));
    }

    @Test
    void threeAlternatesAreNamedAtMost() {
        known(MAP);
        for (int i = 10; i < 20; i++) {
            holds(TestPeers.peer(i, false), MAP);
        }

        assertThat(policy.decide(get())).asInstanceOf(type(Redirect.class))
                .satisfies(redirect -> assertThat(redirect.peers()).hasSize(4).doesNotHaveDuplicates());
    }

    @ParameterizedTest
    @ValueSource(strings = {"fingerpost", "FingerPost", "other, fingerpost"})
    void aRequestThatWasHereBeforeIsRejected(String loop) {
        assertThat(policy.decide(get("CDN-Loop", loop)).reason()).isEqualTo(Reason.LOOP);
    }

    @Test
    void aRequestThatOthersPassedOnIsNot() {
        knownAndHeld();

        assertThat(policy.decide(get("CDN-Loop", "other-cdn; host=x"))).isInstanceOf(Redirect.class);
    }

    @Test
    void aPathThatNoResourceHasIsRejectedWhateverTheMethod() {
        assertThat(policy.decide(request("PUT", "/a/../b", "", get().fields())))
                .isEqualTo(new Reject(Reason.BAD_PATH, "dot segments ('.', '..') are not allowed in a path"));
    }

    @Test
    void dotsInTheQueryAreTheOriginsBusiness() {
        assertThat(policy.decide(request("GET", PATH, "next=/../x//y%2f", get().fields())))
                .isEqualTo(new Origin(Reason.UNKNOWN));
    }
}
