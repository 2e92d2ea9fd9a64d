package io.fingerpost.broker.collapse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker before an origin that a test scripts, and clients that want the same from it. */
@Timeout(60)
abstract class SharedFetch {
    static final String PATH = "/map.pak";
    static final StaticFile FILE = new StaticFile(Origins.bytes(300_000), "\"v1\"");
    static final int HALF = 100_000;

    @TempDir
    Path data;

    final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    /** Opened when the origin may go on; at the latest when the test is over. */
    final CountDownLatch goOn = new CountDownLatch(1);

    RawOrigin origin;
    BrokerFixture broker;

    void start(RawOrigin.Script script, String... settings) throws IOException {
        origin = new RawOrigin(script);
        broker = new BrokerFixture(data, origin.url(), settings);
    }

    /** An origin that stops after the first bytes of its first answer, until it may go on. */
    void startHalfWay(String... settings) throws IOException {
        start(connection -> {
            connection.readHead();
            connection.write(FILE.head() + "\r\n").write(Arrays.copyOf(FILE.body(), HALF));
            connection.waitFor(goOn);
            connection.write(Arrays.copyOfRange(FILE.body(), HALF, FILE.body().length));
            FILE.serve(connection);
        }, settings);
    }

    @AfterEach
    void stop() throws IOException {
        goOn.countDown();
        try {
            await().untilAsserted(() -> assertThat(metric("fingerpost_broker_spooled_bytes")).isZero());
        } finally {
            clients.shutdownNow();
            broker.close();
            origin.close();
        }
    }

    double metric(String name) throws IOException {
        return broker.admin("/metrics").body().lines().filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1))).findFirst().orElseThrow();
    }

    Future<HttpResponse<byte[]>> getMeanwhile(String... fields) {
        return clients.submit(() -> broker.get(PATH, fields));
    }

    List<Future<HttpResponse<byte[]>>> getMeanwhile(int times) {
        var answers = new ArrayList<Future<HttpResponse<byte[]>>>();
        for (int i = 0; i < times; i++) {
            answers.add(getMeanwhile());
        }
        return answers;
    }

    void awaitRequests(int count) {
        await().untilAsserted(() -> assertThat(
                broker.requests().values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(count));
    }

    /** A client that has got the first bytes, so that the broker knows the head. */
    RawClient clientWithTheFirstBytes() throws IOException {
        var client = new RawClient(broker.edge());
        client.send("GET " + PATH + " HTTP/1.1\r\nHost: x\r\n\r\n").readHead();
        client.readBody(HALF);
        return client;
    }
}
