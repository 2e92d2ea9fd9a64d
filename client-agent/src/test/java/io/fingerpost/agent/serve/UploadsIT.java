package io.fingerpost.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.Http;
import io.fingerpost.agent.testing.Peer;
import io.fingerpost.agent.testing.RawClient;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.UploadReport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a peer reports of its transfers, and that it keeps to the month's bytes. */
@Timeout(60)
class UploadsIT {
    /** Larger than all buffers on the way, so that a client that does not read leaves most of it to be sent. */
    private static final Content LARGE = Content.of((32 << 20) + 4_321, 1);
    private static final Content SMALL = Content.of(1_000, 2);
    private static final long QUOTA = 3L * LARGE.size();
    private static final Instant NEXT_MONTH = Instant.parse("2026-02-01T00:00:00Z");

    @RegisterExtension
    private final Peer peer = new Peer(new UploadBudget(UploadBudget.MAX_RATE, 8, QUOTA), 100 << 20);

    @BeforeEach
    void hold() throws IOException {
        peer.holds(LARGE);
        peer.holds(SMALL);
    }

    private UploadReport report() {
        return peer.uploads().report();
    }

    /** A client that has asked for the large blob, has seen that it comes, and reads no further. */
    private RawClient slowClient(String... fields) throws IOException {
        URI url = peer.url(LARGE.digest());
        var client = RawClient.slow(url);
        client.send("GET " + url.getRawPath() + "?" + url.getRawQuery() + " HTTP/1.1",
                String.join("\r\n", fields.length == 0 ? new String[] {"Host: peer"} : fields));
        assertThat(client.read(10)).asString().isEqualTo("HTTP/1.1 2");
        return client;
    }

    private void awaitReport(UploadReport wanted) {
        await().untilAsserted(() -> assertThat(report()).isEqualTo(wanted));
    }

    @Test
    void isIdleAtFirst() {
        assertThat(report()).isEqualTo(UploadReport.IDLE);
    }

    @Test
    void tellsWhatItStillHasToSend() throws IOException {
        try (var first = slowClient(); var second = slowClient("Host: peer", "Range: bytes=1000-16777215")) {
            long all = LARGE.size() + 16_776_216L;
            await().untilAsserted(() -> assertThat(report().bytesLeft() + report().servedThisMonth()).isEqualTo(all));

            assertThat(report().active()).isEqualTo(2);
            assertThat(report().bytesLeft()).as("what the buffers on the way do not take").isGreaterThan(all / 2);
            assertThat(first).isNotSameAs(second);
        }
    }

    @Test
    void tellsNothingOfATransferThatIsDone() throws IOException {
        assertThat(Http.get(peer.url(LARGE.digest())).body()).hasSize(LARGE.size());
        assertThat(Http.get(peer.url(SMALL.digest()), "Range", "bytes=0-9").body()).hasSize(10);

        awaitReport(new UploadReport(0, 0, LARGE.size() + 10));
    }

    @Test
    void owesNothingToAClientThatVanished() throws IOException {
        try (var client = slowClient()) {
            await().until(() -> report().bytesLeft() > 0 && report().servedThisMonth() > 0);
            client.reset();
        }

        await().until(() -> report().active() == 0);
        assertThat(report().bytesLeft()).isZero();
        assertThat(report().servedThisMonth()).isPositive().isLessThan(LARGE.size());
    }

    @Test
    void countsBodiesOnly() throws IOException {
        Http.send("HEAD", peer.url(LARGE.digest()));
        Http.get(peer.url(LARGE.digest()), "If-None-Match", "*");
        Http.get(peer.url(LARGE.digest()), "Range", "bytes=99999999-");
        Http.get(peer.url(LARGE.digest(), "forged"));
        Http.get(peer.url(Content.of(500, 3).digest()));

        awaitReport(UploadReport.IDLE);
    }

    @Test
    void servesNobodyWhenTheMonthIsUsedUp() throws IOException {
        for (int i = 0; i < 3; i++) {
            assertThat(Http.get(peer.url(LARGE.digest())).statusCode()).isEqualTo(200);
            awaitReport(new UploadReport(0, 0, (i + 1L) * LARGE.size()));
        }

        var answer = Http.get(peer.url(SMALL.digest()));

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("2");
        assertThat(answer.body()).asString().contains("quota-used-up");
        assertThat(Http.send("HEAD", peer.url(SMALL.digest())).statusCode()).as("costs nothing").isEqualTo(200);
        assertThat(Http.get(peer.url(SMALL.digest(), "forged")).statusCode()).as("as ever").isEqualTo(403);
        assertThat(report()).isEqualTo(new UploadReport(0, 0, QUOTA));

        peer.countAt(NEXT_MONTH);

        assertThat(Http.get(peer.url(SMALL.digest())).body()).isEqualTo(SMALL.bytes());
        awaitReport(new UploadReport(0, 0, SMALL.size()));
    }

    @Test
    void whoIsExemptGetsMoreThanTheMonthHasAndIsNotCounted() throws IOException {
        peer.exempts(InetAddress::isLoopbackAddress);
        for (int i = 0; i < 4; i++) {
            assertThat(Http.get(peer.url(LARGE.digest())).body()).hasSize(LARGE.size());
        }

        awaitReport(UploadReport.IDLE);
        assertThat(peer.uploads().servedBytes()).isEqualTo(4L * LARGE.size());
    }

    @Test
    void servesNobodyButWhoIsExemptWhileItPauses() throws IOException {
        peer.pauses(() -> Optional.of("on battery"));

        var answer = Http.get(peer.url(SMALL.digest()));

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        assertThat(answer.body()).asString().contains("paused").doesNotContain("battery");
        assertThat(peer.uploads().offered().slots()).isZero();

        peer.exempts(InetAddress::isLoopbackAddress);
        assertThat(Http.get(peer.url(SMALL.digest())).statusCode()).isEqualTo(200);

        peer.exempts(_ -> false);
        peer.pauses(Pause.NEVER);
        assertThat(Http.get(peer.url(SMALL.digest())).statusCode()).isEqualTo(200);
        assertThat(peer.uploads().offered().slots()).isEqualTo(8);
    }

    /** Else many that come at a time would together get more than the month has. */
    @Test
    void countsWhatIsPromisedAsSent() throws IOException {
        try (var first = slowClient(); var second = slowClient(); var third = slowClient()) {
            assertThat(report().servedThisMonth()).isLessThan(QUOTA / 2);
            assertThat(Http.get(peer.url(SMALL.digest())).body()).asString().contains("quota-used-up");

            third.reset();

            await().until(() -> Http.get(peer.url(SMALL.digest())).statusCode() == 200);
            assertThat(first).isNotSameAs(second);
        }
    }
}
