package io.fingerpost.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.contract.api.Problem;
import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VirtualThreadHandlerTest {
    private static final int BOUND = 2;

    private final HttpClient http = HttpClient.newHttpClient();
    private Undertow server;
    private VirtualThreadHandler handler;

    private void serve(HttpHandler next) {
        handler = new VirtualThreadHandler("test-worker-", BOUND, next);
        server = Undertow.builder().setIoThreads(1).setWorkerThreads(1).addHttpListener(0, "127.0.0.1", handler)
                .build();
        server.start();
    }

    @AfterEach
    void stop() {
        http.close();
        server.stop();
        handler.close();
    }

    private CompletableFuture<HttpResponse<String>> get() {
        int port = ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort();
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build();
        return http.sendAsync(request, BodyHandlers.ofString()).orTimeout(10, TimeUnit.SECONDS);
    }

    @Test
    void runsWhatMayWaitOffTheIoThread() {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        serve(exchange -> {
            threads.add(Thread.currentThread());
            exchange.getResponseSender().send("done");
        });

        assertThat(get().join().body()).isEqualTo("done");

        assertThat(threads).singleElement().satisfies(thread -> {
            assertThat(thread.isVirtual()).isTrue();
            assertThat(thread.getName()).startsWith("test-worker-");
        });
    }

    @Test
    void answersAtOnceWhenTooMuchIsGoingOnAndServesAgainAfterwards() throws InterruptedException {
        var goOn = new CountDownLatch(1);
        var waiting = new CountDownLatch(BOUND);
        serve(exchange -> {
            waiting.countDown();
            goOn.await();
            exchange.getResponseSender().send("done");
        });
        var first = get();
        var second = get();
        assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();

        var third = get().join();

        assertThat(third.statusCode()).isEqualTo(503);
        assertThat(third.headers().firstValue("Content-Type")).hasValue(Problem.MEDIA_TYPE);
        assertThat(third.headers().firstValue("Retry-After")).isPresent();
        goOn.countDown();
        assertThat(first.join().body()).isEqualTo("done");
        assertThat(second.join().body()).isEqualTo("done");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(get().join().statusCode()).isEqualTo(200));
    }

    /** Each failure gives its place back; else a handful of them would close the door for good. */
    @Test
    void tellsNothingOfABugAndStaysOpen() {
        serve(_ -> {
            throw new IllegalStateException("planted secret");
        });

        for (int i = 0; i < 3 * BOUND; i++) {
            await().atMost(Duration.ofSeconds(10)).until(() -> get().join().statusCode() == 500);
        }

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(get().join().body())
                .contains("internal").doesNotContain("planted", "IllegalState"));
    }
}
