package io.fingerpost.broker.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.RawClient;
import java.io.IOException;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ranges that are many, overlap, or are none (RFC 9110 §14.2, §17.15): each costs at most one answer of the origin. */
@Timeout(60)
class RangeBombIT {
    @RegisterExtension
    private final EdgeUnderAttack edge = new EdgeUnderAttack();

    static Stream<String> bombs() {
        return Stream.of("bytes=" + String.join(",", Collections.nCopies(1_000, "0-")),
                "bytes=" + String.join(",", Collections.nCopies(5_000, "0-")),
                "bytes=" + String.join(", ", Collections.nCopies(1_000, "-1")),
                "bytes=0-0,1-1,2-2,0-4999", "bytes=0-,0-", "bytes=" + ",".repeat(5_000) + "0-0",
                "bytes=0-99999999999999999999999", "bytes=99999999999999999999999-", "bytes=-99999999999999999999999",
                "bytes=9223372036854775807-", "bytes=0-9223372036854775807", "bytes=-9223372036854775808",
                "bytes=5-3", "bytes=-0", "bytes=-", "bytes=", "bytes", "=", "bytes=a-b", "bytes=0--1", "bytes=+0-1",
                "bytes=0x0-1", "bytes=0-0;1-1", "lines=0-1", "bytes 0-1", "BYTES=0-1", "bytes=5000-", "bytes=4999-",
                "bytes=0-1\r\nRange: bytes=2-3", "bytes=0-1\r\nIf-Range: \"other\"",
                "bytes=0-1\r\nIf-Range: Thu, 01 Jan 1970 00:00:00 GMT");
    }

    /** The answer is the origin's, however often it is asked. */
    @ParameterizedTest
    @MethodSource("bombs")
    void aRangeCostsAtMostOneAnswerOfTheOrigin(String range) throws IOException {
        String answer = edge.raw("GET /a", "Range: " + range);

        assertThat(answer).matches("(?s)HTTP/1.1 (200|206|416) .*").doesNotContain("multipart/");
        assertThat(answer.length()).isLessThan(7_000);
        assertThat(edge.origin().heads()).hasSizeLessThanOrEqualTo(1);
    }

    /** The same while the whole is at hand, and while others could be redirected. */
    @ParameterizedTest
    @MethodSource("bombs")
    void aRangeOfWhatIsKnownCostsNoMore(String range) throws Exception {
        try (var _ = edge.holderOf("/a")) {
            int before = edge.origin().heads().size();

            String answer = edge.raw("GET /a", "Range: " + range, "Want-Repr-Digest: sha-256=1");

            assertThat(answer).matches("(?s)HTTP/1.1 (200|206|302|416) .*").doesNotContain("multipart/");
            assertThat(answer.length()).isLessThan(7_000);
            assertThat(edge.origin().heads()).hasSizeLessThanOrEqualTo(before + 1);
        }
    }

    @Test
    void severalRangesAreNeverRedirected() throws Exception {
        try (var _ = edge.holderOf("/a")) {
            assertThat(edge.raw("GET /a", "Range: bytes=0-1,3-4", "Want-Repr-Digest: sha-256=1"))
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void aBombLeavesTheResourceAsItWas() throws Exception {
        edge.raw("GET /a", "Range: bytes=0-,0-,0-");
        edge.raw("GET /a", "Range: bytes=" + "9".repeat(30) + "-");

        try (var _ = edge.holderOf("/a")) {
            assertThat(edge.raw("GET /a", "Want-Repr-Digest: sha-256=1")).startsWith("HTTP/1.1 302 ");
        }
        assertThat(RawClient.exchange(edge.broker().edge(), "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ");
    }
}
