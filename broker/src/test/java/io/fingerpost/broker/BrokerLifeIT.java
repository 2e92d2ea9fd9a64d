package io.fingerpost.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fingerpost.contract.config.ConfigException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class BrokerLifeIT {
    private static final String GET = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    @TempDir
    Path data;

    private final CountDownLatch originMayAnswer = new CountDownLatch(1);

    private RawOrigin slowOrigin() throws IOException {
        return new RawOrigin(connection -> {
            while (connection.readHead()) {
                connection.waitFor(originMayAnswer);
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nslow");
            }
        });
    }

    private static CompletableFuture<Void> closing(BrokerFixture broker) throws IOException {
        var closed = CompletableFuture.runAsync(broker::closeBroker, Thread::startVirtualThread);
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10))
                .until(() -> broker.admin("/readyz").statusCode() == 503);
        return closed;
    }

    @Test
    void aRequestUnderWayEndsBeforeTheBrokerDoes() throws Exception {
        try (var origin = slowOrigin();
                var broker = new BrokerFixture(data, origin.url(), "edge.drain-timeout=20s");
                var client = new RawClient(broker.edge())) {
            var edge = broker.edge();
            client.send(GET);
            await().until(() -> !origin.heads().isEmpty());

            var closed = closing(broker);
            assertThat(broker.admin("/readyz").body()).isEqualTo("draining\n");
            assertThat(broker.admin("/livez").statusCode()).isEqualTo(200);
            assertThat(closed).isNotDone();
            originMayAnswer.countDown();

            assertThat(client.readAll()).startsWith("HTTP/1.1 200 OK").endsWith("slow");
            closed.join();
            assertThatThrownBy(() -> new RawClient(edge)).isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void whoComesWhileTheBrokerEndsIsServedAndSentAway() throws Exception {
        try (var origin = slowOrigin();
                var broker = new BrokerFixture(data, origin.url(), "edge.drain-timeout=20s");
                var first = new RawClient(broker.edge());
                var second = new RawClient(broker.edge())) {
            first.send(GET);
            await().until(() -> !origin.heads().isEmpty());
            closing(broker);

            second.send(GET.replace("GET / ", "GET /other "));
            await().until(() -> origin.heads().size() == 2);
            originMayAnswer.countDown();

            assertThat(second.readAll()).startsWith("HTTP/1.1 200 OK").contains("Connection: close\r\n")
                    .endsWith("slow");
        }
    }

    @Test
    void aRequestThatTakesTooLongIsCutOff() throws Exception {
        try (var origin = slowOrigin();
                var broker = new BrokerFixture(data, origin.url(), "edge.drain-timeout=200ms");
                var client = new RawClient(broker.edge())) {
            client.send(GET);
            await().until(() -> !origin.heads().isEmpty());

            broker.closeBroker();

            assertThat(client.readAll()).doesNotContain("200 OK");
            originMayAnswer.countDown();
        }
    }

    @Test
    void aBrokerThatEndedCanBeStartedAgainInItsPlace() throws Exception {
        try (var origin = slowOrigin()) {
            originMayAnswer.countDown();
            for (int i = 0; i < 2; i++) {
                try (var broker = new BrokerFixture(data, origin.url())) {
                    assertThat(broker.get("/").body()).asString().isEqualTo("slow");
                }
            }
        }
    }

    @Test
    void twoBrokersDoNotShareADirectory() throws Exception {
        try (var origin = slowOrigin(); var _ = new BrokerFixture(data, origin.url())) {
            assertThatThrownBy(() -> new BrokerFixture(data, origin.url())).isInstanceOf(ConfigException.class)
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void anAddressThatIsTakenStopsTheStart() throws Exception {
        try (var origin = slowOrigin(); var taken = new ServerSocket(0)) {
            assertThatThrownBy(() -> new BrokerFixture(data, origin.url(),
                    "edge.listen=127.0.0.1:" + taken.getLocalPort())).isInstanceOf(ConfigException.class)
                    .hasMessageContaining("cannot listen on '127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void ticketsOpenPeersAcrossARestart() throws Exception {
        try (var origin = slowOrigin();
                var broker = new BrokerFixture(data, origin.url());
                var peer = FakePeer.at(broker)) {
            String key = peer.lease().ticketKey().text();
            broker.closeBroker();

            try (var again = new BrokerFixture(data, origin.url())) {
                assertThat(peer.registeredAgainAt(again).ticketKey().text()).isEqualTo(key);
            }
        }
    }
}
