package io.fingerpost.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.Http;
import io.fingerpost.agent.testing.Peer;
import io.fingerpost.agent.testing.RawClient;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Large blobs, slow clients, clients that vanish, and more clients than slots. */
@Timeout(60)
class PeerUnderLoadIT {
    /** Larger than all buffers on the way, so that a client that does not read holds its slot. */
    private static final Content LARGE = Content.of((64 << 20) + 4_321, 1);
    private static final Content SMALL = Content.of(1_000, 2);

    @RegisterExtension
    private final Peer peer = new Peer(2, 100 << 20);

    @BeforeEach
    void hold() throws IOException {
        peer.holds(LARGE);
        peer.holds(SMALL);
    }

    private RawClient slowClient() throws IOException {
        URI url = peer.url(LARGE.digest());
        var client = RawClient.slow(url);
        client.send("GET " + url.getRawPath() + "?" + url.getRawQuery() + " HTTP/1.1", "Host: peer");
        assertThat(client.read(12)).asString().isEqualTo("HTTP/1.1 200");
        return client;
    }

    private int statusForOneMore() throws IOException {
        return Http.get(peer.url(SMALL.digest())).statusCode();
    }

    @Test
    void sendsALargeBlobIntactToAClientThatReadsSlowly() throws IOException {
        URI url = peer.url(LARGE.digest());
        try (var client = RawClient.slow(url)) {
            client.send("GET " + url.getRawPath() + "?" + url.getRawQuery() + " HTTP/1.1", "Host: peer",
                    "Connection: close");
            var reply = client.reply();
            assertThat(reply.isComplete()).isTrue();
            assertThat(Arrays.equals(reply.body(), LARGE.bytes())).isTrue();
        }
    }

    @Test
    void sendsTheRestOfALargeBlobFromAnOddPosition() throws IOException {
        int first = (17 << 20) + 13;

        var answer = Http.get(peer.url(LARGE.digest()), "Range", "bytes=" + first + "-");

        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(Arrays.equals(answer.body(), LARGE.from(first))).isTrue();
    }

    @Test
    void sendsAllOfABlobThatIsEvictedMeanwhile() throws IOException {
        URI url = peer.url(LARGE.digest());
        try (var client = RawClient.slow(url)) {
            client.send("GET " + url.getRawPath() + "?" + url.getRawQuery() + " HTTP/1.1", "Host: peer");
            assertThat(client.read(12)).asString().isEqualTo("HTTP/1.1 200");

            peer.store().begin(100 << 20).close();
            assertThat(peer.store().contains(LARGE.digest())).isFalse();

            assertThat(restOfReply(client)).isTrue();
        }
        assertThat(Http.get(url).statusCode()).isEqualTo(404);
    }

    /** Whether what follows the beginning of the status line ends in all of the large blob. */
    private static boolean restOfReply(RawClient client) throws IOException {
        byte[] head = new byte[0];
        while (!new String(head, StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            head = Arrays.copyOf(head, head.length + 1);
            head[head.length - 1] = client.read(1)[0];
        }
        return Arrays.equals(client.read(LARGE.size()), LARGE.bytes());
    }

    @Test
    void tellsOneClientTooManyToComeBack() throws IOException {
        try (var first = slowClient(); var second = slowClient()) {
            var answer = Http.get(peer.url(SMALL.digest()));

            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.headers().firstValue("Retry-After")).contains("2");
            assertThat(answer.body()).asString().contains("slots-full");
            assertThat(first).isNotSameAs(second);
        }
    }

    @Test
    void refusesTicketsAsEverWhenAllSlotsAreTaken() throws IOException {
        try (var first = slowClient(); var second = slowClient()) {
            assertThat(Http.get(peer.url(SMALL.digest(), "forged")).statusCode()).isEqualTo(403);
            assertThat(first).isNotSameAs(second);
        }
    }

    @Test
    void hasItsSlotsBackWhenClientsVanishMidway() throws IOException {
        for (int round = 0; round < 2; round++) {
            try (var first = slowClient(); var second = slowClient()) {
                assertThat(statusForOneMore()).isEqualTo(503);
                first.reset();
                second.reset();
            }
            Awaitility.await().until(() -> statusForOneMore() == 200);
        }
    }

    @Test
    void hasItsSlotBackAfterEveryKindOfAnswer() throws IOException {
        var unknown = Content.of(500, 3).digest();
        for (int i = 0; i < 4; i++) {
            assertThat(statusForOneMore()).isEqualTo(200);
            assertThat(Http.send("HEAD", peer.url(SMALL.digest())).statusCode()).isEqualTo(200);
            assertThat(Http.get(peer.url(SMALL.digest()), "Range", "bytes=5000-").statusCode()).isEqualTo(416);
            assertThat(Http.get(peer.url(SMALL.digest()), "If-None-Match", "*").statusCode()).isEqualTo(304);
            assertThat(Http.get(peer.url(unknown)).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void servesManyClientsOneAfterAnotherAndAtOnce() throws Exception {
        var requests = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < 40; i++) {
            requests.add(this::statusForOneMore);
        }
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (var status : threads.invokeAll(requests)) {
                assertThat(status.get()).isIn(200, 503);
            }
        }
        assertThat(statusForOneMore()).isEqualTo(200);
    }
}
