package io.fingerpost.broker.collapse;

import static io.fingerpost.broker.collapse.StaticFile.SHAREABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of those who ask for what could not be shared a moment ago. */
@Timeout(60)
class LatelyUnsharedIT {
    private static final String PATH = "/map.pak";
    private static final StaticFile FILE = new StaticFile(Origins.bytes(300_000), "\"v1\"");
    private static final int HALF = 100_000;

    @TempDir
    Path data;

    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    /** Opened when the origin may go on; at the latest when the test is over. */
    private final CountDownLatch goOn = new CountDownLatch(1);

    private RawOrigin origin;
    private BrokerFixture broker;

    private void start(RawOrigin.Script script) throws IOException {
        origin = new RawOrigin(script);
        broker = new BrokerFixture(data, origin.url());
    }

    @AfterEach
    void stop() throws IOException {
        goOn.countDown();
        clients.shutdownNow();
        broker.close();
        origin.close();
    }

    private Future<HttpResponse<byte[]>> getMeanwhile(String... fields) {
        return clients.submit(() -> broker.get(PATH, fields));
    }

    private List<Future<HttpResponse<byte[]>>> getMeanwhile(int times) {
        var answers = new ArrayList<Future<HttpResponse<byte[]>>>();
        for (int i = 0; i < times; i++) {
            answers.add(getMeanwhile());
        }
        return answers;
    }

    private void awaitRequests(int count) {
        await().untilAsserted(() -> assertThat(
                broker.requests().values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(count));
    }

    /** A client that has got the first bytes, so that the broker knows the head. */
    private RawClient clientWithTheFirstBytes() throws IOException {
        var client = new RawClient(broker.edge());
        client.send("GET " + PATH + " HTTP/1.1\r\nHost: x\r\n\r\n").readHead();
        client.readBody(HALF);
        return client;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"200 OK\r\n" + SHAREABLE + "ETag: \"v1-gz\"\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n",
                    "204 No Content\r\n", "302 Found\r\nLocation: /elsewhere\r\nContent-Length: 2\r\n",
                    "404 Not Found\r\nContent-Length: 2\r\n", "503 Service Unavailable\r\nContent-Length: 2\r\n"})
    void whoWantsWhatWasLatelyNotForAllWaitsForNobody(String answer) throws Exception {
        start(connection -> {
            while (connection.readHead()) {
                if (origin.heads().size() > 1) {
                    connection.waitFor(goOn);
                }
                connection.write("HTTP/1.1 " + answer + "\r\n" + (answer.startsWith("204") ? "" : "ok"));
            }
        });
        String[] coded = {"Accept-Encoding", "gzip"};
        broker.get(PATH, coded);

        var answers = new ArrayList<Future<HttpResponse<byte[]>>>();
        for (int i = 0; i < 5; i++) {
            answers.add(getMeanwhile(coded));
        }
        await().until(() -> origin.heads().size() == 6);

        goOn.countDown();
        for (var got : answers) {
            assertThat(got.get().statusCode()).isEqualTo(Integer.parseInt(answer.substring(0, 3)));
        }
    }

    @Test
    void aPartOfWhatWasLatelyNotForAllIsAskedForOnce() throws Exception {
        start(connection -> {
            while (connection.readHead()) {
                connection.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
            }
        });
        broker.get(PATH);

        broker.get(PATH, "Range", "bytes=0-");

        assertThat(origin.heads()).hasSize(2).last().asString().contains("Range: bytes=0-\r\n");
    }

    @Test
    void whatTurnsOutToBeForAllIsSharedAtOnce() throws Exception {
        start(connection -> {
            while (connection.readHead()) {
                if (origin.heads().size() == 1) {
                    connection.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
                } else {
                    connection.write(FILE.head() + "\r\n").write(Arrays.copyOf(FILE.body(), HALF)).waitFor(goOn);
                    connection.write(Arrays.copyOfRange(FILE.body(), HALF, FILE.body().length));
                }
            }
        });
        broker.get(PATH);

        try (var _ = clientWithTheFirstBytes();
                var _ = clientWithTheFirstBytes()) {
            assertThat(origin.heads()).hasSize(2);
        }
    }

    /** An origin whose first answer is not for sharing; those from {@code slow} on have to wait until it may go on. */
    private void startWithoutAFile(int slow) throws IOException {
        start(connection -> {
            while (connection.readHead()) {
                int count = origin.heads().size();
                if (count >= slow) {
                    connection.waitFor(goOn);
                }
                if (count == 1) {
                    connection.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
                } else {
                    FILE.answer(connection);
                }
            }
        });
        broker.get(PATH);
    }

    private void assertFiveShareOneFetch() throws Exception {
        int before = origin.heads().size();
        var answers = getMeanwhile(5);
        awaitRequests(before + 5);
        goOn.countDown();

        for (var answer : answers) {
            assertThat(answer.get().body()).isEqualTo(FILE.body());
        }
        assertThat(origin.heads()).hasSize(before + 1);
    }

    @Test
    void someSecondsAfterAnAnswerThatWasNotForAllTheNextOneIsWaitedForAgain() throws Exception {
        startWithoutAFile(2);

        broker.clock().advance(Duration.ofSeconds(10));

        assertFiveShareOneFetch();
    }

    @Test
    void afterAnAnswerThatWasForAllTheNextOneIsWaitedForAgain() throws Exception {
        startWithoutAFile(3);

        assertThat(broker.get(PATH).body()).isEqualTo(FILE.body());

        assertFiveShareOneFetch();
    }
}
