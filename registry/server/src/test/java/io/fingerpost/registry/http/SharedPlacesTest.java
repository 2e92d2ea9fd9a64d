package io.fingerpost.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.undertow.Undertow;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is slow is slow alone. */
class SharedPlacesTest {
    private static final int SHARE = 2;

    private final CountDownLatch waiting = new CountDownLatch(SHARE);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final HttpClient one = from("127.0.0.1");
    private final HttpClient other = from("127.0.7.1");
    private VirtualThreadHandler places;
    private Undertow server;

    private static HttpClient from(String address) {
        return HttpClient.newBuilder().localAddress(InetAddress.ofLiteral(address)).build();
    }

    @BeforeEach
    void serve() {
        places = new VirtualThreadHandler("test-worker-", 100, exchange -> {
            if (exchange.getRequestPath().equals("/slow")) {
                waiting.countDown();
                goOn.await();
            }
            exchange.getResponseSender().send("done");
        });
        server = Undertow.builder().setIoThreads(1).setWorkerThreads(1)
                .addHttpListener(0, "127.0.0.1", new SharedPlaces(SHARE, places)).build();
        server.start();
    }

    @AfterEach
    void stop() {
        goOn.countDown();
        one.close();
        other.close();
        server.stop();
        places.close();
    }

    private CompletableFuture<Integer> status(HttpClient client, String path) {
        int port = ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort();
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
        return client.sendAsync(request, BodyHandlers.discarding()).orTimeout(10, TimeUnit.SECONDS)
                .thenApply(answer -> answer.statusCode());
    }

    @Test
    void aNetworkThatTakesItsShareLeavesTheOthersTheirs() throws InterruptedException {
        var slow = status(one, "/slow");
        var slower = status(one, "/slow");
        assertThat(waiting.await(10, TimeUnit.SECONDS)).isTrue();

        assertThat(status(one, "/").join()).isEqualTo(503);
        assertThat(status(other, "/").join()).isEqualTo(200);

        goOn.countDown();
        assertThat(slow.join()).isEqualTo(200);
        assertThat(slower.join()).isEqualTo(200);
        await().atMost(Duration.ofSeconds(10)).until(() -> status(one, "/").join() == 200);
    }
}
