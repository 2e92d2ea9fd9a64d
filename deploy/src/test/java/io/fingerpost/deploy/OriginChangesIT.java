package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fingerpost.deploy.process.Program;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the origin says about a resource is what counts, whoever holds the bytes. */
class OriginChangesIT {
    @RegisterExtension
    private final Site site = new Site();

    @Test
    void twoResourcesWithTheSameBytesKeepTheirOwnHeaders() throws Exception {
        byte[] content = site.file("a.bin", 300_000);
        Files.copy(site.folder().resolve("a.bin"), site.folder().resolve("page.html"));
        Files.setLastModifiedTime(site.folder().resolve("page.html"),
                FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
        site.broker();
        var first = site.agent("first");
        String binaryTag = site.through(first, "/a.bin").headers().firstValue("ETag").orElseThrow();
        assertThat(site.through(first, "/page.html").headers().firstValue("Content-Type")).contains("text/html");
        await().until(() -> site.holdings() == 1);
        var second = site.agent("second");

        for (var agent : new Program[] {first, second, second}) {
            var answer = site.through(agent, "/a.bin");
            assertThat(answer.body()).isEqualTo(content);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/octet-stream");
            assertThat(answer.headers().firstValue("ETag")).contains(binaryTag);
        }
        // A client that cannot verify would get the fields of whichever resource the peer fetched.
        site.agent("vouched", "--token", "vouched");
        assertThat(site.get(site.edge() + "/a.bin").statusCode()).isEqualTo(200);
        assertThat(site.metrics().sum("fingerpost_broker_requests_total", "reason=\"ambiguous\"")).isEqualTo(1);
    }

    @Test
    void aNewVersionWhoseOldHolderIsDeadIsServedAtOnce() throws Exception {
        site.file("a.bin", 300_000);
        site.broker();
        var holder = site.agent("holder");
        site.through(holder, "/a.bin");
        await().until(() -> site.holdings() == 1);
        var client = site.agent("client");
        holder.kill();
        byte[] updated = site.file("a.bin", 400_000);

        var answer = site.through(client, "/a.bin");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(updated);
    }

    @Test
    void aSlowReaderOfTheOldVersionDoesNotBringItBack() throws Exception {
        byte[] oldVersion = new byte[3_000_000];
        byte[] newVersion = "new".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
        var requests = new AtomicInteger();
        var release = new CountDownLatch(1);
        HttpServer origin = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        origin.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        origin.createContext("/", exchange -> {
            if (requests.getAndIncrement() == 0) {
                send(exchange, "\"old\"", oldVersion, release);
            } else {
                send(exchange, "\"new\"", newVersion, new CountDownLatch(0));
            }
        });
        origin.start();
        try {
            site.brokerFor("http://127.0.0.1:" + origin.getAddress().getPort());
            // Returns with the head: the old version has begun.
            var slow = site.http().send(HttpRequest.newBuilder(URI.create(site.edge() + "/a")).build(),
                    BodyHandlers.ofInputStream());
            // Who did not insist on the origin would share the fetch that has begun.
            assertThat(site.get(site.edge() + "/a", "Cache-Control", "no-cache").body()).isEqualTo(newVersion);

            release.countDown();
            assertThat(slow.body()).hasBinaryContent(oldVersion);

            var known = site.get(site.edge() + "/a");
            assertThat(known.headers().firstValue("ETag")).contains("\"new\"");
            assertThat(known.headers().firstValue("Repr-Digest")).isPresent(); // of the new version, still known
        } finally {
            origin.stop(0);
        }
    }

    private static void send(HttpExchange exchange, String etag, byte[] content, CountDownLatch rest)
            throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("ETag", etag);
            exchange.getResponseHeaders().set("Cache-Control", "public, max-age=60");
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, 1_000);
            exchange.getResponseBody().flush();
            rest.await();
            exchange.getResponseBody().write(content, 1_000, content.length - 1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatTheClientAsksForReachesTheOriginThroughTheGateway() throws Exception {
        HttpServer origin = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        origin.createContext("/", exchange -> {
            byte[] body = exchange.getRequestHeaders().getFirst("Accept").getBytes(StandardCharsets.US_ASCII);
            exchange.getResponseHeaders().set("Vary", "Accept");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        origin.start();
        try {
            site.brokerFor("http://127.0.0.1:" + origin.getAddress().getPort());
            var agent = site.agent("agent");

            assertThat(site.get(agent.ready("gateway") + "/a", "Accept", "application/json").body())
                    .asString().isEqualTo("application/json");
        } finally {
            origin.stop(0);
        }
    }

    @Test
    void getReplacesNothingButRegularFiles() throws Exception {
        byte[] content = site.file("a.bin", 300_000);
        site.broker();
        Path folder = Files.createDirectories(site.launcher().path("folder"));
        Path real = Files.writeString(folder.resolve("real"), "before");
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        String data = site.launcher().path("data").toString();

        assertThat(
                site.program("fingerpost-agent", "get", site.edge() + "/a.bin", "-o", folder.toString(), "--data", data)
                        .exit())
                .isEqualTo(1);
        assertThat(folder).isDirectory();
        assertThat(
                site.program("fingerpost-agent", "get", site.edge() + "/a.bin", "-o", link.toString(), "--data", data)
                        .exit())
                .isZero();
        assertThat(link).isSymbolicLink();
        assertThat(real).hasBinaryContent(content);
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactlyInAnyOrder(real, link);
        }
    }

    @Test
    void anAgentThatIsToldToStopLetsTransfersEnd() throws Exception {
        byte[] content = site.file("big.bin", 50_000_000);
        site.broker();
        var agent = site.agent("agent", "--token", "vouched", "--set", "serve.rate=1Gbit/s");
        site.through(agent, "/big.bin");
        await().until(() -> site.holdings() == 1);
        String location = site.get(site.edge() + "/big.bin").headers().firstValue("Location").orElseThrow();
        var answer = site.http().send(HttpRequest.newBuilder(URI.create(location)).build(),
                BodyHandlers.ofInputStream());
        try (var body = answer.body()) {
            byte[] first = body.readNBytes(1_000_000);

            var stopped = CompletableFuture.supplyAsync(() -> stop(agent));
            await().until(() -> site.holdings() == 0); // it has said goodbye
            byte[] rest = body.readAllBytes();

            assertThat(first.length + rest.length).isEqualTo(content.length);
            assertThat(stopped.get()).isZero();
        }
    }

    private static int stop(Program program) {
        try {
            return program.stop();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
