package io.fingerpost.broker.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that two servers in a row could cut into requests differently, or fields that one of them does not see. */
class SmugglingIT {
    /** That of the one message here which is well-formed; the origin takes it for a head. */
    private static final String BODY = "0\r\n\r\n";

    @TempDir
    Path data;

    @RegisterExtension
    private final EdgeUnderAttack edge = new EdgeUnderAttack();

    @ParameterizedTest
    @ValueSource(strings = {"GET /a\rX-Injected: 1", "GET /a\nX-Injected: 1", "GET /a\u0000", "GET /a b c", "GET",
            "G\u0001T /a", "GET /\u00e9"})
    void aRequestLineThatIsNoneReachesNobody(String line) throws IOException {
        String answer = edge.raw(line);

        assertThat(answer).satisfiesAnyOf(none -> assertThat(none).isEmpty(),
                refused -> assertThat(refused).startsWith("HTTP/1.1 400 "));
        assertThat(answer).doesNotContain(EdgeUnderAttack.INJECTED);
        assertThat(edge.origin().heads()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host: y", "Bad Name: 1", "X-Space : 1", "Transfer-Encoding: chunked\r\n"
            + "Content-Length: 3", "Content-Length: 3\r\nContent-Length: 4"})
    void aHeadThatTwoServersCouldReadDifferentlyReachesNobody(String field) throws IOException {
        String answer = edge.raw("GET /a", field);

        assertThat(answer).satisfiesAnyOf(none -> assertThat(none).isEmpty(),
                refused -> assertThat(refused).startsWith("HTTP/1.1 400 "));
        assertThat(edge.origin().heads()).isEmpty();
    }

    @Test
    void aFoldedFieldIsPassedOnInOneLine() throws IOException {
        assertThat(edge.raw("GET /a", "X-Folded: one", " two: 2", "X-Next: 3")).startsWith("HTTP/1.1 200 ");

        assertThat(edge.origin().onlyHead().lines()).anyMatch(line -> line.matches("X-Folded: one +two: 2"))
                .contains("X-Next: 3");
    }

    @ParameterizedTest
    @ValueSource(ints = {33_000, 100_000})
    void aHeadOverTheLimitIsRefused(int length) throws IOException {
        String answer = edge.raw("GET /a", "X-Long: " + "x".repeat(length));

        assertThat(answer).satisfiesAnyOf(none -> assertThat(none).isEmpty(),
                refused -> assertThat(refused).matches("(?s)HTTP/1.1 4(00|31) .*"));
        assertThat(edge.origin().heads()).isEmpty();
    }

    @Test
    void aHeadBelowTheLimitIsPassedOnWhole() throws IOException {
        String field = "X-Long: " + "x".repeat(30_000);

        assertThat(edge.raw("GET /a", field)).startsWith("HTTP/1.1 200 ");
        assertThat(edge.origin().onlyHead()).contains(field);
    }

    @Test
    void theSecondLineOfAFieldCountsToo() throws Exception {
        try (var _ = edge.holderOf("/a")) {
            String answer = edge.raw("GET /a", "Want-Repr-Digest: sha-256=1", "Cache-Control: max-age=0",
                    "Cache-Control: no-cache");

            assertThat(answer).startsWith("HTTP/1.1 200 ");
        }
    }

    /** What follows the body by one reading would be a request by the other: only one request may come of it, or none. */
    @ParameterizedTest
    @ValueSource(strings = {
            "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: identity, chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding:\u000bchunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            "X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "X: y\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "X: y\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "Content-Length: 5\r\nContent-Length: 0\r\n\r\n0\r\n\r\n",
            "Content-Length: 5\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
            "Content-Length: 5, 5\r\n\r\n0\r\n\r\n",
            "Content-Length: +5\r\n\r\n0\r\n\r\n",
            "Content-Length: -5\r\n\r\n0\r\n\r\n",
            "Content-Length: 0x5\r\n\r\n0\r\n\r\n",
            "Content-Length: 5 5\r\n\r\n0\r\n\r\n",
            "Content-Length: 99999999999999999999\r\n\r\n0\r\n\r\n",
            "Content-Length:\r\n\r\n0\r\n\r\n"})
    void noReadingOfABodyMakesARequestOfItsRest(String rest) throws IOException {
        for (String method : new String[] {"POST", "GET"}) {
            RawClient.exchange(edge.broker().edge(), method + " /a HTTP/1.1\r\nHost: x\r\n" + rest
                    + "GET /smuggled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        }

        // By our own reading the rest may be a second request; the origin has to get it as one that stands alone.
        assertThat(edge.origin().heads().stream().filter(head -> !head.equals(BODY))).allSatisfy(head -> {
            assertThat(head).matches("(?s)(POST|GET) /(a|smuggled) HTTP/1\\.1\r\n.*");
            assertThat(RawClient.fieldNames(head)).doesNotHaveDuplicates();
            assertThat(RawClient.fieldNames(head).stream().filter(name -> name.equals("content-length")
                    || name.equals("transfer-encoding"))).hasSizeLessThan(2);
            assertThat(head).doesNotContain("xchunked", "identity", "\u000b", "+5", "0x5", "5, 5");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"g\r\nabc\r\n0\r\n\r\n", "-1\r\nabc\r\n0\r\n\r\n",
            "ffffffffffffffffff\r\nabc\r\n0\r\n\r\n", "\r\n0\r\n\r\n"})
    void aChunkThatIsNoneEndsTheRequest(String body) throws IOException {
        RawClient.exchange(edge.broker().edge(), "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                + body + "GET /smuggled HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        assertThat(edge.origin().heads()).noneMatch(head -> head.startsWith("GET /smuggled"));
    }

    @Test
    void aTrailerIsNoField() throws IOException {
        try (var origin = RawOrigin.answeringWholeRequests("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                var broker = new BrokerFixture(data.resolve("other"), origin.url())) {
            String answers = RawClient.exchange(broker.edge(), "POST /a HTTP/1.1\r\nHost: x\r\n"
                    + "Transfer-Encoding: chunked\r\nTrailer: X-Forwarded-For\r\n\r\n3\r\nabc\r\n0\r\n"
                    + "X-Forwarded-For: 192.0.2.1\r\nAuthorization: Basic Zm9v\r\nX-Injected: 1\r\n\r\n"
                    + "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

            assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(3);
            assertThat(origin.connectionCount()).isOne(); // so that between the two requests there was nothing else
            assertThat(origin.heads()).satisfiesExactly(
                    head -> assertThat(head).startsWith("POST /a ").doesNotContain("Trailer", "192.0.2.1"),
                    body -> assertThat(body).isEqualTo("03\r\nabc\r\n0\r\n\r\n"),
                    next -> assertThat(next).startsWith("POST /b "));
        }
    }

    @Test
    void moreFieldsThanAHeadMayHaveReachNobody() throws IOException {
        String[] fields = new String[1_000];
        Arrays.setAll(fields, i -> "X-" + i + ": 1");

        String answer = edge.raw("GET /a", fields);

        assertThat(answer).doesNotContain("200 OK");
        assertThat(edge.origin().heads()).isEmpty();
    }
}
