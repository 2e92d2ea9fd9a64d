package io.fingerpost.broker.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.RawHttp2Client;
import io.fingerpost.broker.RawHttp2Client.End;
import io.fingerpost.broker.RawOrigin;
import io.fingerpost.broker.tls.TestCertificate;
import io.fingerpost.testing.RequiresTool;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 frames the length of which says what HTTP/1 has to say by characters: what must not get through on the way from one to the other. */
@RequiresTool("openssl")
@Timeout(60)
class HostileHttp2IT {
    @TempDir
    Path data;

    private RawOrigin origin;
    private BrokerFixture broker;
    private TestCertificate certificate;
    private SSLContext trust;

    @BeforeEach
    void start() throws IOException {
        certificate = TestCertificate.in(data, "edge");
        trust = TestCertificate.trust(certificate);
        origin = RawOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        broker = broker(origin.url());
    }

    private BrokerFixture broker(String url) throws IOException {
        return new BrokerFixture(Files.createTempDirectory(data, "broker"), url, "edge.tls.listen=127.0.0.1:0",
                "edge.tls.certificate=" + certificate.certificate(), "edge.tls.key=" + certificate.key());
    }

    @AfterEach
    void stop() throws IOException {
        broker.close();
        origin.close();
    }

    private RawHttp2Client client() throws IOException {
        return new RawHttp2Client(broker.edgeTls(), trust);
    }

    private static String[] with(String method, String path, String... more) {
        var fields = new ArrayList<>(List.of(":method", method, ":scheme", "https", ":path", path, ":authority",
                "edge.example"));
        fields.addAll(List.of(more));
        return fields.toArray(String[]::new);
    }

    private static void assertRefused(End end) {
        assertThat(end).satisfiesAnyOf(broken -> assertThat(broken).isInstanceOf(End.Refused.class),
                answered -> assertThat(((End.Answer) answered).status()).isEqualTo(400));
    }

    @Test
    void anOrdinaryRequestIsAnswered() throws IOException {
        try (var client = client()) {
            assertThat(client.request(1, with("GET", "/a", "x-kept", "1")).end(1)).isEqualTo(new End.Answer(200, "ok"));
        }

        assertThat(origin.onlyHead()).startsWith("GET /a HTTP/1.1\r\n").containsIgnoringCase("x-kept: 1\r\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
            "transfer-encoding|chunked", "connection|close", "connection|x-a", "proxy-connection|keep-alive",
            "keep-alive|timeout=5", "upgrade|h2c", "te|gzip",
            "X-Upper|1", "Content-Length|1", "x a|1", "x\u0001|1", "x:y|1", "x-a: 1\\r\\ntransfer-encoding|chunked",
            "transfer-encoding:chunked|x", "|1",
            "x-a|1\\r\\nX-Injected: 1", "x-a|1\\nX-Injected: 1", "x-a|1\\rX-Injected: 1", "x-a|1\\0",
            "x-a|1\\r\\n\\r\\nGET /injected HTTP/1.1\\r\\n\\r\\n",
            ":unknown|1", ":status|200", ":path|/b", ":method|POST", "content-length|x",
            "content-length|1, 1", "content-length|+1"})
    void aFieldThatHttp2DoesNotHaveReachesNobody(String name, String value) throws IOException {
        String[] fields = with("GET", "/a", unescaped(name), unescaped(value));

        try (var client = client()) {
            assertRefused(client.request(1, fields).end(1));
        }

        assertThat(origin.heads()).isEmpty();
    }

    private static String unescaped(String text) {
        return text == null ? "" : text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a b", "/a\r\nX-Injected: 1", "/a HTTP/1.1\r\nX-Injected: 1\r\n\r\n", "", "a", "*",
            "http://evil.example/a", "//evil.example/a", "/a/../b", "/a#b", "/\u00e9", "/a\u0000"})
    void aPathThatIsNoneReachesNobody(String path) throws IOException {
        try (var client = client()) {
            assertRefused(client.request(1, with("GET", path)).end(1));
        }

        assertThat(origin.heads()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /injected HTTP/1.1\r\nX: ", "G T", "", "GET\r\n", "CONNECT"})
    void aMethodThatIsNoneReachesNobody(String method) throws IOException {
        try (var client = client()) {
            assertRefused(client.request(1, with(method, "/a")).end(1));
        }

        assertThat(origin.heads()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example\r\nX-Injected: 1", "evil example", "user@evil.example", "evil.example/a", ""})
    void anAuthorityThatIsNoneShowsNowhere(String authority) throws IOException {
        try (var client = client()) {
            client.request(1, ":method", "GET", ":scheme", "https", ":path", "/a", ":authority", authority).end(1);
        }

        assertThat(String.join("", origin.heads())).doesNotContain("X-Injected", "evil.example/", "user@");
    }

    @Test
    void theHostFieldHasNoSayBesideTheAuthority() throws IOException {
        try (var client = client()) {
            client.request(1, with("GET", "/a", "host", "evil.example")).end(1);
        }

        assertThat(String.join("", origin.heads())).doesNotContain("evil.example");
    }

    @Test
    void aHostWithoutAnAuthorityIsAnswered() throws IOException {
        try (var client = client()) {
            assertThat(client.request(1, ":method", "GET", ":scheme", "https", ":path", "/a", "host", "edge.example")
                    .end(1)).isEqualTo(new End.Answer(200, "ok"));
        }
    }

    @Test
    void theSchemeIsThatOfTheConnectionWhateverTheClientSays() throws IOException {
        try (var client = client()) {
            client.request(1, ":method", "GET", ":scheme", "http", ":path", "/a", ":authority", "edge.example").end(1);
        }

        assertThat(origin.onlyHead()).contains("X-Forwarded-Proto: https\r\n");
    }

    /** What is left of a body that is longer than it says must not become a request of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "5"})
    void aBodyLongerThanItSaysIsRefused(String length) throws IOException {
        String smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
        try (var client = client()) {
            client.head(1, with("POST", "/a", "content-length", length)).lastData(1, smuggled);

            assertThat(client.end(1)).isInstanceOf(End.Refused.class);
            assertThat(client().request(1, with("GET", "/b")).end(1)).isEqualTo(new End.Answer(200, "ok"));
        }

        assertThat(origin.heads()).noneMatch(head -> head.startsWith("GET /smuggled"));
    }

    @Test
    void aBodyShorterThanItSaysIsRefused() throws IOException {
        try (var client = client()) {
            client.head(1, with("POST", "/a", "content-length", "50")).lastData(1, "short");

            assertThat(client.end(1)).satisfiesAnyOf(broken -> assertThat(broken).isInstanceOf(End.Refused.class),
                    answered -> assertThat(((End.Answer) answered).status()).isGreaterThanOrEqualTo(400));
            assertThat(client().request(1, with("GET", "/b")).end(1)).isEqualTo(new End.Answer(200, "ok"));
        }
    }

    @Test
    void aHeadOverTheLimitIsRefused() throws IOException {
        var fields = new ArrayList<>(List.of(with("GET", "/a")));
        for (int i = 0; i < 4; i++) {
            fields.addAll(List.of("x-long" + i, "x".repeat(8_000))); // 16 KiB are what one frame may have
        }

        try (var client = client()) {
            assertRefused(client.longRequest(1, fields.toArray(String[]::new)).end(1));
        }

        assertThat(origin.heads()).isEmpty();
    }

    /** Undertow checks them no more than it does fields, and later: when the head is long with the origin. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', ignoreLeadingAndTrailingWhitespace = false, value = {
            "x-t|1\\r\\n\\r\\nGET /smuggled HTTP/1.1\\r\\nHost: o\\r\\n\\r\\n", "x-t|1\\nX-Injected: 1",
            "x:y|1", "authorization|Basic Zm9v", "x-forwarded-for|192.0.2.1", "content-length|3", "x-t|1"})
    void aTrailerReachesNobody(String name, String value) throws IOException {
        try (var whole = RawOrigin.answeringWholeRequests("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                var other = broker(whole.url());
                var client = new RawHttp2Client(other.edgeTls(), trust)) {
            client.head(1, with("POST", "/a")).data(1, "abc").trailers(1, unescaped(name), unescaped(value));

            assertThat(client.end(1)).isEqualTo(new End.Answer(200, "ok"));
            assertThat(client.request(3, with("POST", "/b")).end(3)).isEqualTo(new End.Answer(200, "ok"));

            assertThat(whole.connectionCount()).isOne(); // so that between the two requests there was nothing else
            assertThat(whole.heads().get(1)).isEqualTo("03\r\nabc\r\n0\r\n\r\n");
            assertThat(whole.heads().get(2)).startsWith("POST /b HTTP/1.1\r\n");
        }
    }

    @Test
    void trailersThatTakeMoreThanOneFrameReachNobody() throws IOException {
        String filler = "x".repeat(6_000);
        try (var whole = RawOrigin.answeringWholeRequests("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                var other = broker(whole.url());
                var client = new RawHttp2Client(other.edgeTls(), trust)) {
            client.head(1, with("POST", "/a")).data(1, "abc").longRequest(1, "x-a", filler, "x-b", filler, "x-c",
                    filler,
                    "x-t", "1\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: o\r\n\r\n");

            assertThat(client.end(1)).isEqualTo(new End.Answer(200, "ok"));
            assertThat(whole.heads().get(1)).isEqualTo("03\r\nabc\r\n0\r\n\r\n");
        }
    }

    @Test
    void aTrailerWithALineBreakInItsNameIsRefused() throws IOException {
        try (var client = client()) {
            client.head(1, with("POST", "/a")).data(1, "abc").trailers(1,
                    "x-t: 1\r\n\r\nGET /smuggled HTTP/1.1\r\nHost",
                    "o");

            assertThat(client.end(2)).isInstanceOf(End.Refused.class); // the connection is, whatever came of the stream
            assertThat(String.join("", origin.heads())).doesNotContain("smuggled");
        }
    }

    @Test
    void aTrailerOfTheOriginReachesNobody() throws IOException {
        try (var trailing = RawOrigin.answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n"
                + "X-T: 1\r\n\r\n");
                var other = broker(trailing.url());
                var client = new RawHttp2Client(other.edgeTls(), trust)) {
            client.request(1, with("POST", "/a"));

            assertThat(client.end(1)).isEqualTo(new End.Answer(200, "ok"));
        }
    }

    /** Streams that are begun and reset at once cost the client nothing and us a request each (CVE-2023-44487). */
    @Test
    void whoBeginsAndResetsFasterThanTheOriginAnswersIsSentAway() throws IOException {
        var mayAnswer = new CountDownLatch(1);
        try (var slow = new RawOrigin(connection -> {
            connection.readHead();
            connection.waitFor(mayAnswer);
        }); var other = broker(slow.url()); var client = new RawHttp2Client(other.edgeTls(), trust)) {
            assertThat(resetting(client, 2_000)).isInstanceOf(End.Refused.class);

            assertThat(slow.heads()).hasSizeLessThanOrEqualTo(InFlight.MOST_OF_ONE_CONNECTION);
            mayAnswer.countDown();
        }
    }

    private static End resetting(RawHttp2Client client, int requests) throws IOException {
        try {
            for (int stream = 1; stream < 2 * requests; stream += 2) {
                client.request(stream, with("GET", "/" + stream)).reset(stream);
            }
            return client.end(2 * requests + 1);
        } catch (SocketException e) {
            return new End.Refused("closed while it still sent");
        }
    }

    /** Undertow tells clients how many streams they may have, and leaves it at that. */
    @Test
    void whoBeginsMoreThanItMayIsRefusedTheRest() throws IOException {
        var mayAnswer = new CountDownLatch(1);
        try (var slow = new RawOrigin(connection -> {
            connection.readHead();
            connection.waitFor(mayAnswer);
        }); var other = broker(slow.url()); var client = new RawHttp2Client(other.edgeTls(), trust)) {
            int last = 2 * InFlight.MOST_OF_ONE_CONNECTION + 1;
            for (int stream = 1; stream <= last; stream += 2) {
                client.request(stream, with("GET", "/" + stream));
            }

            assertThat(client.end(last)).isInstanceOf(End.Refused.class);
            assertThat(slow.heads()).hasSizeLessThanOrEqualTo(InFlight.MOST_OF_ONE_CONNECTION);
            mayAnswer.countDown();
        }
    }
}
