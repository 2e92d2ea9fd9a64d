package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Peers that lie, die, stall: clients lose time, never the download, and never get wrong bytes. */
class MisbehavingPeerIT {
    private static final int SIZE = 3_000_000;

    @RegisterExtension
    private final Site site = new Site();

    @Test
    void aPeerWhoseDiskFlippedABitIsNotBelieved() throws Exception {
        byte[] content = site.file("a.bin", SIZE);
        site.broker();
        var corrupt = site.agent("corrupt");
        site.through(corrupt, "/a.bin");
        await().until(() -> site.holdings() == 1);
        site.flipABit("corrupt");
        var client = site.agent("client");

        var answer = site.through(client, "/a.bin");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(content);
        assertThat(client.logText()).contains("corrupt piece");
    }

    @Test
    void aPeerThatDiesMidBodyCostsNoDownload() throws Exception {
        byte[] content = site.file("a.bin", SIZE);
        site.broker();
        site.get(site.edge() + "/a.bin");
        try (var dying = new FakePeer(site.http(), site.edge(), exchange -> sendHalf(exchange, content))) {
            dying.announce(content);
            var client = site.agent("client");
            await().until(() -> originBytes() == SIZE); // counted when the answer is complete, a moment after we have it

            assertThat(site.through(client, "/a.bin").body()).isEqualTo(content);

            // As many requests as there are to one source at a time: orders that cross the report of the failure are refused.
            assertThat(dying.timesAsked()).isBetween(1, 3);
            await().until(() -> originBytes() > SIZE);
            // It went on at the origin at the byte where the peer had stopped.
            assertThat(originBytes() - SIZE).isLessThan(SIZE * 3L / 4);
        }
    }

    private long originBytes() throws Exception {
        return site.metrics().sum("fingerpost_broker_origin_bytes_total", "");
    }

    private static void sendHalf(HttpExchange exchange, byte[] content) throws IOException {
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content, 0, content.length / 2);
        exchange.getResponseBody().flush();
        throw new IOException("dies here"); // the server cuts the connection
    }

    @Test
    void aPeerThatStallsIsLeftForTheOrigin() throws Exception {
        byte[] content = site.file("a.bin", SIZE);
        site.broker();
        site.get(site.edge() + "/a.bin");
        var end = new CountDownLatch(1);
        try (var stalling = new FakePeer(site.http(), site.edge(), exchange -> stall(exchange, content, end))) {
            stalling.announce(content);
            var client = site.agent("client", "--set", "fetch.stall-timeout=500ms");

            assertThat(site.through(client, "/a.bin").body()).isEqualTo(content);
            assertThat(client.logText()).contains("too slow");
        } finally {
            end.countDown();
        }
    }

    private static void stall(HttpExchange exchange, byte[] content, CountDownLatch end) throws IOException {
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content, 0, 100_000);
        exchange.getResponseBody().flush();
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void theNextPeerIsTriedBeforeTheOrigin() throws Exception {
        byte[] content = site.file("a.bin", SIZE);
        site.broker();
        var honest = site.agent("honest");
        site.through(honest, "/a.bin");
        await().until(() -> site.holdings() == 1);
        byte[] wrong = Arrays.copyOf(content, content.length);
        wrong[0] ^= 1;
        try (var liar = new FakePeer(site.http(), site.edge(), exchange -> sendAll(exchange, wrong))) {
            liar.announce(content);
            await().until(() -> site.holdings() == 2 && originBytes() == SIZE);
            long sent = originBytes();
            for (int i = 0; i < 20 && liar.timesAsked() == 0; i++) { // which of the two comes first is drawn by lot
                var client = site.agent("client-" + i);
                assertThat(site.through(client, "/a.bin").body()).isEqualTo(content);
                client.stop();
            }
            assertThat(liar.timesAsked()).isPositive();
            assertThat(originBytes()).isEqualTo(sent);
        }
    }

    private static void sendAll(HttpExchange exchange, byte[] content) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
        }
    }

    @Test
    void aRealPeerThatIsKilledWhileItServesCostsNoDownload() throws Exception {
        byte[] content = site.file("big.bin", 200_000_000);
        site.broker();
        var holder = site.agent("holder");
        site.through(holder, "/big.bin");
        await().until(() -> site.holdings() == 1);
        var client = site.agent("client");

        var answer = site.http().sendAsync(
                HttpRequest.newBuilder(URI.create(client.ready("gateway") + "/big.bin")).build(),
                BodyHandlers.ofByteArray());
        await().until(() -> incoming(site.launcher().path("client")) > 1_000_000);
        holder.kill();

        assertThat(answer.get().body()).isEqualTo(content);
    }

    /** Bytes of what is on its way into the store. */
    private static long incoming(Path data) throws IOException {
        try (var files = Files.walk(data.resolve("store"))) {
            return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
