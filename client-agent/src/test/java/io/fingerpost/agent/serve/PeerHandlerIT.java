package io.fingerpost.agent.serve;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.Http;
import io.fingerpost.agent.testing.Peer;
import io.fingerpost.agent.testing.RawClient;
import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.EndpointProof;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.http.DigestField;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class PeerHandlerIT {
    private static final Content FILE = Content.of(2 * PIECE + 777, 1);
    private static final Sha256 NOT_HELD = Content.of(1_000, 2).digest();

    @RegisterExtension
    private final Peer peer = new Peer(8, 100 << 20);

    @BeforeEach
    void hold() throws IOException {
        peer.holds(FILE);
    }

    private HttpResponse<byte[]> get(String... fields) throws IOException {
        return Http.get(peer.url(FILE.digest()), fields);
    }

    private static String field(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("none");
    }

    @Test
    void servesAWholeBlobUnderTheOriginsFields() throws IOException {
        var answer = get();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(FILE.bytes());
        assertThat(field(answer, "Content-Length")).isEqualTo(String.valueOf(FILE.size()));
        assertThat(field(answer, "ETag")).isEqualTo(FILE.etag()).startsWith("\"");
        assertThat(field(answer, "Content-Type")).isEqualTo("application/x-game-map");
        assertThat(field(answer, "Last-Modified")).isEqualTo("Thu, 01 Jan 2026 00:00:00 GMT");
        assertThat(field(answer, "Cache-Control")).isEqualTo("public, max-age=0, no-transform");
        assertThat(field(answer, "Accept-Ranges")).isEqualTo("bytes");
        assertThat(field(answer, "Repr-Digest")).isEqualTo(DigestField.format(FILE.digest()));
        assertThat(field(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.headers().map()).doesNotContainKeys("content-range", "content-encoding", "set-cookie");
    }

    @ParameterizedTest
    @CsvSource({"Origin, https://game.example", "Origin, null", "Sec-Fetch-Site, cross-site"})
    void letsPagesOfAnyOriginReadTheAnswer(String sign, String value) throws IOException {
        var answer = get(sign, value);

        assertThat(field(answer, "Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(field(answer, "Access-Control-Expose-Headers")).contains("Repr-Digest", "ETag", "Content-Range");
        assertThat(field(answer, "Cross-Origin-Resource-Policy")).isEqualTo("cross-origin");
        assertThat(field(answer, "Timing-Allow-Origin")).isEqualTo("*");
        assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-credentials");
        assertThat(answer.headers().allValues("Vary")).containsExactly("Origin");
    }

    /** A cache must not give a page the answer that another client got. */
    @Test
    void tellsOtherAgentsNothingThatIsForPages() throws IOException {
        var answer = get("Range", "bytes=0-9");

        assertThat(answer.headers().map()).doesNotContainKeys("access-control-allow-origin",
                "access-control-expose-headers", "cross-origin-resource-policy", "timing-allow-origin");
        assertThat(answer.headers().allValues("Vary")).containsExactly("Origin");
    }

    @Test
    void answersHeadLikeGetWithoutTheBody() throws IOException {
        var answer = Http.send("HEAD", peer.url(FILE.digest()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(field(answer, "Content-Length")).isEqualTo(String.valueOf(FILE.size()));
        assertThat(field(answer, "Repr-Digest")).isEqualTo(DigestField.format(FILE.digest()));
        assertThat(field(answer, "ETag")).isEqualTo(FILE.etag());
    }

    /** Once, the file part of an answer began at the file's start whatever the range was. */
    @ParameterizedTest
    @CsvSource({"0-0, 0, 0", "0-99, 0, 99", "1-65536, 1, 65536", "10-18, 10, 18", "1-, 1, 131848",
            "131072-, 131072, 131848",
            "65536-131071, 65536, 131071", "65535-65537, 65535, 65537", "-1, 131848, 131848",
            "-777, 131072, 131848", "-9999999, 0, 131848", "100-9999999, 100, 131848"})
    void servesExactlyTheRangeThatIsAskedFor(String range, int first, int last) throws IOException {
        var answer = get("Range", "bytes=" + range, "Want-Content-Digest", "sha-256=1");

        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(field(answer, "Content-Range")).isEqualTo("bytes " + first + "-" + last + "/" + FILE.size());
        assertThat(field(answer, "Content-Length")).isEqualTo(String.valueOf(last - first + 1));
        byte[] expected = FILE.part(first, last);
        assertThat(answer.body()).isEqualTo(expected);
        assertThat(field(answer, "Content-Digest")).isEqualTo(DigestField.format(Sha256.digestOf(expected)));
        assertThat(field(answer, "Repr-Digest")).isEqualTo(DigestField.format(FILE.digest()));
        assertThat(field(answer, "ETag")).isEqualTo(FILE.etag());
    }

    /** To hash a part costs more than to send it. */
    @Test
    void hashesAPartThatIsNoPieceOnlyForWhoWantsThat() throws IOException {
        assertThat(get("Range", "bytes=0-65535").headers().map()).containsKey("content-digest");
        assertThat(get("Range", "bytes=0-65534").headers().map()).doesNotContainKey("content-digest");
        assertThat(get("Range", "bytes=0-65534", "Want-Content-Digest", "sha-256=0").headers().map())
                .doesNotContainKey("content-digest");
        assertThat(get("Range", "bytes=0-65534", "Want-Content-Digest", "sha-512=9, sha-256=1").headers().map())
                .containsKey("content-digest");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=131849-", "bytes=131849-131854", "bytes=-0"})
    void saysHowLongTheFileIsWhenARangeLiesOutside(String range) throws IOException {
        var answer = get("Range", range);

        assertThat(answer.statusCode()).isEqualTo(416);
        assertThat(field(answer, "Content-Range")).isEqualTo("bytes */" + FILE.size());
        assertThat(answer.headers().map()).doesNotContainKeys("repr-digest", "content-digest");
        assertThat(field(answer, "Content-Type")).isEqualTo("application/problem+json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-9,20-29", "items=0-5", "bytes=9-3", "bytes=", "bytes=a-b", "bytes=--5"})
    void ignoresARangeThatIsSeveralOrNone(String range) throws IOException {
        var answer = get("Range", range);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(FILE.bytes());
        assertThat(answer.headers().map()).doesNotContainKey("content-range");
    }

    @Test
    void ignoresARangeOfHead() throws IOException {
        var answer = Http.send("HEAD", peer.url(FILE.digest()), "Range", "bytes=0-9");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(field(answer, "Content-Length")).isEqualTo(String.valueOf(FILE.size()));
    }

    @Test
    void servesARangeOfTheVersionThatTheClientHas() throws IOException {
        var answer = get("Range", "bytes=5-9", "If-Range", FILE.etag());

        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(FILE.part(5, 9));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"another\"", "W/\"version-1\"", "Thu, 01 Jan 2026 00:00:00 GMT"})
    void servesAllToAClientThatHasAnotherVersion(String condition) throws IOException {
        var answer = get("Range", "bytes=5-9", "If-Range", condition);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(FILE.bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"version-1\"", "W/\"version-1\"", "\"x\", \"version-1\"", "*"})
    void sendsNoBytesThatTheClientHas(String condition) throws IOException {
        var answer = get("If-None-Match", condition);

        assertThat(answer.statusCode()).isEqualTo(304);
        assertThat(answer.body()).isEmpty();
        assertThat(field(answer, "ETag")).isEqualTo(FILE.etag());
        assertThat(answer.headers().map()).doesNotContainKeys("repr-digest", "content-type", "content-range");
    }

    @Test
    void sendsBytesThatTheClientHasNot() throws IOException {
        assertThat(get("If-None-Match", "\"version-0\"").body()).isEqualTo(FILE.bytes());
    }

    @Test
    void answersAPreflight() throws IOException {
        var answer = Http.send("OPTIONS", peer.url(FILE.digest()), "Origin", "https://game.example",
                "Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "want-repr-digest");

        assertThat(answer.statusCode()).isEqualTo(204);
        assertThat(answer.body()).isEmpty();
        assertThat(field(answer, "Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(field(answer, "Access-Control-Allow-Methods")).contains("GET", "HEAD");
        assertThat(field(answer, "Access-Control-Allow-Headers")).isEqualTo("*");
        assertThat(field(answer, "Access-Control-Max-Age")).isEqualTo("7200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "AAAA", "!!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    void givesNothingAwayWithoutATicket(String ticket) throws IOException {
        var held = Http.get(peer.url(FILE.digest(), ticket));
        var notHeld = Http.get(peer.url(NOT_HELD, ticket));

        assertThat(held.statusCode()).isEqualTo(403);
        assertThat(held.body()).asString().contains("ticket-forged");
        assertSameAnswer(held, notHeld);
    }

    @Test
    void givesNothingAwayForAnExpiredTicket() throws IOException {
        var held = Http.get(peer.url(FILE.digest(), Peer.expiredTicket(FILE.digest())));
        var notHeld = Http.get(peer.url(NOT_HELD, Peer.expiredTicket(NOT_HELD)));

        assertThat(held.statusCode()).isEqualTo(403);
        assertThat(held.body()).asString().contains("ticket-expired");
        assertSameAnswer(held, notHeld);
    }

    @Test
    void givesNothingAwayForTheTicketOfAnotherDigest() throws IOException {
        var held = Http.get(peer.url(FILE.digest(), Peer.ticket(NOT_HELD)));
        var notHeld = Http.get(peer.url(NOT_HELD, Peer.ticket(FILE.digest())));

        assertThat(held.statusCode()).isEqualTo(403);
        assertSameAnswer(held, notHeld);
    }

    @Test
    void givesNothingAwayWithoutAQuery() throws IOException {
        var held = Http.get(peer.url(NiPath.of(FILE.digest())));
        var notHeld = Http.get(peer.url(NiPath.of(NOT_HELD)));

        assertThat(held.statusCode()).isEqualTo(403);
        assertSameAnswer(held, notHeld);
    }

    private static void assertSameAnswer(HttpResponse<byte[]> held, HttpResponse<byte[]> notHeld) {
        assertThat(notHeld.statusCode()).isEqualTo(held.statusCode());
        assertThat(notHeld.body()).isEqualTo(held.body());
        assertThat(notHeld.headers().map().keySet()).isEqualTo(held.headers().map().keySet());
        assertThat(field(held, "Cache-Control")).isEqualTo("no-store");
        assertThat(held.headers().map()).doesNotContainKeys("etag", "repr-digest");
    }

    @Test
    void saysToTheBearerOfATicketThatItHoldsTheDigestNoLonger() throws IOException {
        var answer = Http.get(peer.url(NOT_HELD));

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).asString().contains("not-held");
        assertThat(field(answer, "Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void answersHeadWithoutABodyWhenItRefuses() throws IOException {
        assertThat(Http.send("HEAD", peer.url(NOT_HELD)).statusCode()).isEqualTo(404);
        assertThat(Http.send("HEAD", peer.url(NOT_HELD, "")).statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"})
    void takesNoOtherMethod(String method) throws IOException {
        var answer = RawClient.exchange(peer.url(""), method + " " + peer.url(FILE.digest()).getRawPath() + " HTTP/1.1",
                "Host: peer", "Content-Length: 0");

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.fields().get("Allow")).contains("GET", "HEAD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/.well-known/", "/.well-known/ni/", "/.well-known/ni/sha-256/",
            "/.well-known/ni/sha-256/../../../etc/passwd", "/../../../../etc/passwd", "//etc/passwd",
            "/.well-known/ni/sha-256/%2e%2e%2f%2e%2e%2fidentity.key", "/.well-known/ni/sha-512/AAAA",
            "/.well-known/ni/sha-256-128/AAAA", "/.well-known/ni/sha-256/AAAA", "/identity.key",
            "/.well-known/fingerpost/proof/", "/.well-known/fingerpost/proof/tooshort",
            "/.well-known/fingerpost/proof/aaaaaaaaaaaaaaaaaaaaaa%0a", "/.well-known/fingerpost-agent/status",
            "/.well-known/ni/sha-256/ÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄÄ"})
    void hasNothingUnderAnyOtherPath(String path) throws IOException {
        var answer = RawClient.exchange(peer.url(""), "GET " + path + "?t=x HTTP/1.1", "Host: peer");

        assertThat(answer.status()).isIn(400, 404);
        assertThat(answer.text()).doesNotContain("root:");
    }

    @Test
    void survivesATargetThatIsNoUrl() throws IOException {
        for (String target : new String[] {"*", "http://evil.example/", "?t=", "%", "/%zz?t=%zz", "/?t&t&t"}) {
            try {
                assertThat(RawClient.exchange(peer.url(""), "GET " + target + " HTTP/1.1", "Host: peer").status())
                        .isBetween(400, 499);
            } catch (IOException e) {
                assertThat(e).hasMessageContaining("closed"); // an answer as good as 400
            }
        }
        assertThat(get().statusCode()).isEqualTo(200);
    }

    @Test
    void provesThatItsEndpointIsItsOwn() throws IOException {
        String nonce = "DGyRejmCefe7v4NfDGDKfA";

        var answer = Http.get(peer.url(EndpointProof.path(nonce)));

        assertThat(answer.statusCode()).isEqualTo(200);
        byte[] signature = Base64.getUrlDecoder().decode(answer.body());
        var key = peer.identity().key();
        assertThat(key.verifies(EndpointProof.message(nonce, peer.registration()), signature)).isTrue();
    }

    /** Whatever `Host` it is asked under: the signature must be worthless for an endpoint of somebody else. */
    @Test
    void signsForItsOwnEndpointOnly() throws IOException {
        String nonce = "DGyRejmCefe7v4NfDGDKfA";

        var answer = RawClient.exchange(peer.url(""), "GET " + EndpointProof.path(nonce) + " HTTP/1.1",
                "Host: victim.example:80");

        byte[] signature = Base64.getUrlDecoder().decode(answer.body());
        var key = peer.identity().key();
        var victim = PeerEndpoint.parse("http://victim.example:80");
        var elsewhere = new Registration(key, List.of(victim), peer.registration().challenge(), Peer.BUDGET,
                UploadReport.IDLE);
        assertThat(key.verifies(EndpointProof.message(nonce, elsewhere), signature)).isFalse();
        assertThat(key.verifies(EndpointProof.message(nonce, peer.registration()), signature)).isTrue();
    }

    /** A stranger may register this very key and endpoint, but not with the challenge that only we and the registry know. */
    @Test
    void signsForItsOwnRegistrationOnly() throws IOException {
        String nonce = "DGyRejmCefe7v4NfDGDKfA";

        var answer = Http.get(peer.url(EndpointProof.path(nonce)));

        var forged = Registration.fresh(peer.identity().key(), List.of(Peer.ENDPOINT), Peer.BUDGET, UploadReport.IDLE);
        byte[] signature = Base64.getUrlDecoder().decode(answer.body());
        assertThat(forged.key().verifies(EndpointProof.message(nonce, forged), signature)).isFalse();
    }

    @Test
    void servesSeveralRequestsOverOneConnection() throws IOException {
        URI url = peer.url(FILE.digest());
        String target = url.getRawPath() + "?" + url.getRawQuery();
        try (var client = RawClient.connect(url)) {
            for (int first = 0; first < 5; first++) {
                client.send("GET " + target + " HTTP/1.1", "Host: peer", "Range: bytes=" + first + "-100000");
                assertThat(client.reply().body()).isEqualTo(FILE.part(first, 100_000));
            }
        }
    }

    @Test
    void countsTheBytesThatItServed() throws IOException {
        get();
        get("Range", "bytes=0-99");
        Http.get(peer.url(NOT_HELD, "forged"));

        Awaitility.await()
                .untilAsserted(() -> assertThat(peer.uploads().servedBytes()).isEqualTo(FILE.size() + 100));
    }
}
