package io.fingerpost.broker.edge;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.FakePeer;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawClient;
import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey.Verdict;
import io.fingerpost.contract.api.Heartbeat;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.Link;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class RedirectIT {
    private static final String PATH = "/map.pak";
    private static final String TOKEN = "the operator's token";
    private static final byte[] BODY = Origins.bytes(5000);
    private static final Sha256 DIGEST = Sha256.digestOf(BODY);

    @RegisterExtension
    static final WireMockExtension ORIGIN = Origins.origin();

    @TempDir
    Path data;

    private BrokerFixture broker;
    private Representation map;

    @BeforeEach
    void start() throws IOException {
        ORIGIN.stubFor(any(anyUrl()).willReturn(Origins.shareable(BODY)));
        broker = new BrokerFixture(data, ORIGIN.baseUrl(), "registry.super-node-token=" + TOKEN);
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10))
                .until(() -> broker.get(PATH).headers().firstValue("Repr-Digest").isPresent());
        map = broker.representation(DIGEST);
    }

    @AfterEach
    void stop() {
        broker.close();
    }

    private HttpResponse<byte[]> getVerifying(String... fields) throws IOException {
        var all = new String[fields.length + 2];
        all[0] = "Want-Repr-Digest";
        all[1] = "sha-256=10";
        System.arraycopy(fields, 0, all, 2, fields.length);
        return broker.get(PATH, all);
    }

    private static String location(HttpResponse<?> response) {
        assertThat(response.statusCode()).isEqualTo(302);
        return response.headers().firstValue("Location").orElseThrow();
    }

    @Test
    void theAnswerHasTheseFieldsAndNoOthers() throws Exception {
        try (var peer = FakePeer.at(broker).holding(map)) {
            String answer = RawClient.exchange(broker.edge(), "GET " + PATH
                    + " HTTP/1.1\r\nHost: x\r\nWant-Repr-Digest: sha-256=1\r\nOrigin: https://game.example\r\nConnection: close\r\n\r\n");

            String url = answer.lines().filter(line -> line.startsWith("Location: ")).findFirst().orElseThrow()
                    .substring(10);
            assertThat(url).startsWith(peer.endpoint().url() + NiPath.of(DIGEST) + "?t=");
            assertThat(answer).startsWith("HTTP/1.1 302 Found\r\n").endsWith("\r\n\r\n");
            assertThat(answer.lines().skip(1).filter(line -> !line.isEmpty() && !line.startsWith("Date: ")))
                    .containsExactlyInAnyOrder(
                            "Location: " + url,
                            "Link: <" + url + ">; rel=duplicate; pri=1; pref",
                            "Link: </.well-known/fingerpost/metalink" + PATH
                                    + ".meta4>; rel=describedby; type=\"application/metalink4+xml\"",
                            "Digest: SHA-256=" + DIGEST.base64(),
                            "Target-Repr-Digest: sha-256=:" + DIGEST.base64() + ":",
                            "Cache-Control: no-store",
                            "Access-Control-Allow-Origin: *",
                            "Cross-Origin-Resource-Policy: cross-origin",
                            "Timing-Allow-Origin: *",
                            "Referrer-Policy: no-referrer",
                            "Content-Length: 0",
                            "Connection: close");
        }
    }

    @Test
    void aClientThatDoesNotVerifyIsTroubledWithNoMirrors() throws Exception {
        try (var superNode = FakePeer.superNodeAt(broker, TOKEN).holding(map)) {
            var answer = broker.get(PATH);

            assertThat(location(answer)).startsWith(superNode.endpoint().url());
            assertThat(answer.headers().map()).containsKey("target-repr-digest").doesNotContainKeys("link", "digest");
        }
    }

    @Test
    void wget2GetsNoMetalinkToLoseItselfIn() throws Exception {
        try (var _ = FakePeer.at(broker).holding(map)) {
            for (String agent : List.of("Wget/2.0.1", "wget2/1.99.1")) {
                assertThat(getVerifying("User-Agent", agent).headers().allValues("Link")).as(agent).hasSize(1);
            }
        }
    }

    @Test
    void headIsAnsweredLikeGet() throws Exception {
        try (var _ = FakePeer.at(broker).holding(map)) {
            var get = getVerifying();
            var head = broker.send("HEAD", PATH, BodyPublishers.noBody(), "Want-Repr-Digest", "sha-256=10");

            assertThat(head.statusCode()).isEqualTo(302);
            assertThat(head.headers().map().keySet()).isEqualTo(get.headers().map().keySet());
            assertThat(location(head)).isEqualTo(location(get));
        }
    }

    @Test
    void theOriginIsNotAskedForWhatAPeerServes() throws Exception {
        try (var _ = FakePeer.at(broker).holding(map)) {
            ORIGIN.resetRequests();

            location(getVerifying());
        }

        assertThat(ORIGIN.getAllServeEvents()).isEmpty();
    }

    @Test
    void aRangeIsLeftForThePeerToServe() throws Exception {
        try (var _ = FakePeer.at(broker).holding(map)) {
            var answer = getVerifying("Range", "bytes=10-19");

            assertThat(location(answer)).contains(NiPath.of(DIGEST));
            assertThat(answer.headers().firstValue("Content-Range")).isEmpty();
        }
    }

    @Test
    void theTicketOpensThatPeerForThatDigestAndNotForLong() throws Exception {
        try (var peer = FakePeer.at(broker).holding(map); var other = FakePeer.at(broker)) {
            String ticket = URI.create(location(getVerifying())).getQuery().substring(2);
            var now = broker.clock().instant();

            var key = peer.lease().ticketKey();
            assertThat(key.check(ticket, DIGEST, now)).isEqualTo(Verdict.VALID);
            assertThat(key.check(ticket, DIGEST, now.plus(Duration.ofMinutes(5)))).isEqualTo(Verdict.EXPIRED);
            assertThat(key.check(ticket, Sha256.digestOf(new byte[1]), now)).isEqualTo(Verdict.FORGED);
            assertThat(other.lease().ticketKey().check(ticket, DIGEST, now)).isEqualTo(Verdict.FORGED);
        }
    }

    @Test
    void alternatesStandOneOnALineInOrderAndTheFirstIsTheTarget() throws Exception {
        try (var one = FakePeer.at(broker).holding(map);
                var two = FakePeer.at(broker).holding(map);
                var three = FakePeer.at(broker).holding(map);
                var four = FakePeer.at(broker).holding(map);
                var five = FakePeer.at(broker).holding(map)) {
            var answer = getVerifying();

            var all = answer.headers().allValues("Link");
            assertThat(all).as("others do not stand before them").hasSize(5)
                    .last(InstanceOfAssertFactories.STRING).contains("rel=describedby");
            var lines = all.subList(0, 4);
            assertThat(lines).noneMatch(line -> line.contains("\""));
            var links = lines.stream().map(line -> Link.parse(line).getFirst()).toList();
            assertThat(links).extracting(Link::priority).containsExactly(1, 2, 3, 4);
            assertThat(links).allMatch(link -> link.is("duplicate"));
            assertThat(links.getFirst().target()).isEqualTo(location(answer));
            assertThat(links).extracting(link -> "http://" + URI.create(link.target()).getAuthority())
                    .doesNotHaveDuplicates().isSubsetOf(List.of(one.endpoint().url(), two.endpoint().url(),
                            three.endpoint().url(), four.endpoint().url(), five.endpoint().url()));
        }
    }

    @Test
    void clientsAreSpreadOverThePeers() throws Exception {
        try (var one = FakePeer.at(broker).holding(map); var two = FakePeer.at(broker).holding(map)) {
            Set<String> used = new HashSet<>();
            for (int i = 0; i < 60; i++) {
                used.add("http://" + URI.create(location(getVerifying())).getAuthority());
            }

            assertThat(used).containsExactlyInAnyOrder(one.endpoint().url(), two.endpoint().url());
        }
    }

    @Test
    void aClientThatDoesNotVerifyMeetsSuperNodesAlone() throws Exception {
        try (var _ = FakePeer.at(broker).holding(map)) {
            assertThat(broker.get(PATH).statusCode()).isEqualTo(200);

            try (var superNode = FakePeer.superNodeAt(broker, TOKEN).holding(map)) {
                assertThat(location(broker.get(PATH))).startsWith(superNode.endpoint().url());
            }
        }
    }

    @Test
    void aPeerIsNotSentToItself() throws Exception {
        try (var peer = FakePeer.at(broker).holding(map)) {
            var answer = getVerifying("Fingerpost-Peer", peer.lease().peerId().value());

            assertThat(answer.statusCode()).isEqualTo(200);
        }
    }

    @Test
    void noOneIsSentToAPeerThatDroppedWhatItHeld() throws Exception {
        try (var peer = FakePeer.at(broker).holding(map)) {
            location(getVerifying());

            peer.drop(map);

            assertThat(getVerifying().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void noOneIsSentToAPeerThatSaidGoodbye() throws Exception {
        try (var peer = FakePeer.at(broker).holding(map)) {
            location(getVerifying());

            peer.goodbye();

            assertThat(getVerifying().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void noOneIsSentToAPeerWhoseLeaseRanOut() throws Exception {
        try (var _ = FakePeer.at(broker).holding(map)) {
            broker.clock().advance(Duration.ofMillis(29_999));
            location(getVerifying());

            broker.clock().advance(Duration.ofMillis(1));

            assertThat(getVerifying().statusCode()).isEqualTo(200);
        }
    }

    @Test
    void noOneIsSentToOldBytesAfterTheOriginChanged() throws Exception {
        try (var _ = FakePeer.at(broker).holding(map)) {
            location(getVerifying());
            byte[] changed = Origins.bytes(5001);
            ORIGIN.stubFor(any(anyUrl()).willReturn(Origins.shareable(changed, "\"v2\"")));

            broker.get(PATH, "Cache-Control", "no-cache");

            var answer = getVerifying();
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(changed);
        }
    }

    @Test
    void whenWhatIsKnownIsStaleTheOriginIsAsked() throws Exception {
        try (var peer = FakePeer.at(broker).holding(map)) {
            broker.clock().advance(Duration.ofSeconds(20));
            broker.registry().heartbeat(peer.lease(), new Heartbeat(UploadReport.IDLE, Optional.empty()));
            for (int i = 0; i < 180; i++) {
                broker.clock().advance(Duration.ofSeconds(20));
                broker.registry().heartbeat(peer.lease(), new Heartbeat(UploadReport.IDLE, Optional.empty()));
            }

            assertThat(broker.decisionOn(PATH)).isEqualTo("origin stale");
            assertThat(broker.decisionOn(PATH)).isEqualTo("redirect held");
        }
    }

    @Test
    void credentialsNeverTravelToAPeer() throws Exception {
        try (var _ = FakePeer.at(broker).holding(map)) {
            assertThat(getVerifying("Authorization", "Basic Zm9v").statusCode()).isEqualTo(200);
            assertThat(getVerifying("Cookie", "a=b").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void theDigestOfTheTargetIsThatOfTheBody() throws Exception {
        try (var _ = FakePeer.at(broker).holding(map)) {
            assertThat(getVerifying().headers().firstValue("Target-Repr-Digest").flatMap(DigestField::parse))
                    .hasValue(Sha256.digestOf(BODY));
        }
    }

    @Test
    void everyRequestIsCountedOnceAndUnderOneReason() throws Exception {
        var before = broker.requests().values().stream().mapToInt(count -> count).sum();
        try (var _ = FakePeer.at(broker).holding(map)) {
            getVerifying();
            getVerifying("Cookie", "a=b");
            broker.get(PATH);
            broker.get("/a/../b");
            broker.get("/new");
            broker.send("POST", "/new", BodyPublishers.ofString("x"));
            broker.registry().discover();

            assertThat(broker.requests()).containsEntry("redirect held", 1).containsEntry("origin cookie", 1)
                    .containsEntry("origin not_verifying", 1).containsEntry("reject bad_path", 1)
                    .containsEntry("origin method", 1);
            assertThat(broker.requests().values().stream().mapToInt(count -> count).sum() - before).isEqualTo(6);
            assertThat(broker.admin("/metrics").body()).contains("fingerpost_broker_redirected_bytes_total 5000.0");
        }
    }
}
