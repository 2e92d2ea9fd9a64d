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
import io.fingerpost.broker.rules.TestTerms;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.store.Peer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests go where, and why. */
class RedirectPolicyTest extends RoutingFixture {
    private static void assertRedirect(Decision decision, Peer... peers) {
        assertThat(decision).isInstanceOfSatisfying(Redirect.class, redirect -> {
            assertThat(redirect.representation()).isEqualTo(MAP);
            assertThat(redirect.peers()).containsExactly(peers);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD"})
    void aClientThatVerifiesIsSentToAPeerThatHolds(String method) {
        knownAndHeld();

        var decision = policy
                .decide(request(method, PATH, "", Map.of("Want-Repr-Digest", "sha-256=1")::get));

        assertRedirect(decision, PEER);
        assertThat(decision.reason()).isEqualTo(Reason.HELD);
    }

    /** As any other miss. */
    @Test
    void whereOthersWereFasterEachTimeTheClientGoesToWhereMissesGo() {
        var toPublic = under(TestTerms.with(OnMiss.REDIRECT), get());

        assertThat(policy.overBudget(toPublic)).isEqualTo(new PublicOrigin(Reason.OVER_BUDGET));
        assertThat(policy.overBudget(get())).isEqualTo(new Origin(Reason.OVER_BUDGET));
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
            "Cache-Control | max-age=0", "Range | bytes=0-1", "Range | bytes=196607-", "Range | lines=1-2"})
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
    void inAPanicTheOriginServesWhatPeersHold() {
        knownAndHeld();
        panic = true;

        assertThat(policy.decide(get())).isEqualTo(new Origin(Reason.PANIC));
        panic = false;
        assertThat(policy.decide(get())).isInstanceOf(Redirect.class);
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

        table.learn(new ResourceId(PATH), MAP, NOW.plusMillis(1));

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
        holds(new Peer(PEER.id(), PEER.admission(), PEER.ticketKey(), PEER.place(), PEER.uploads(), NOW,
                Reachability.YES), MAP);

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

        assertRedirect(policy.decide(get("Fingerpost-Peer", PEER.id().value())), SUPER_NODE);
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

        assertRedirect(policy.decide(plainGet()), SUPER_NODE);
    }

    @Test
    void theOperatorMayOpenAllPeersToEveryone() {
        knownAndHeld();

        assertRedirect(policy.decide(under(TestTerms.with(Audience.ANY), plainGet())), PEER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=65536-131071", "bytes=100000-100000", "bytes=131071-131071"})
    void aHolderOfAPartIsUsedForRangesInIt(String range) {
        known(MAP);
        holds(PEER, MAP, 1);

        assertRedirect(policy.decide(get("Range", range)), PEER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=65535-65536", "bytes=131071-131072", "bytes=0-", "bytes=-1", "bytes=65536-"})
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

        assertThat(policy.decide(get("Range", "bytes=-65536"))).isInstanceOf(Redirect.class);
        assertThat(policy.decide(get("Range", "bytes=-65537"))).isEqualTo(new Origin(Reason.NO_HOLDER));
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
