package io.fingerpost.broker.collapse;

import static io.fingerpost.broker.collapse.StaticFile.SHAREABLE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who shares one fetch with whom, and who does not. */
@Timeout(60)
class CollapseIT {
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

    private void start(RawOrigin.Script script, String... settings) throws IOException {
        origin = new RawOrigin(script);
        broker = new BrokerFixture(data, origin.url(), settings);
    }

    /** An origin that stops after the first bytes of its first answer, until it may go on. */
    private void startHalfWay(String... settings) throws IOException {
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

    private double metric(String name) throws IOException {
        return broker.admin("/metrics").body().lines().filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1))).findFirst().orElseThrow();
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

    /** These are 20 GB, each byte compared. */
    @Test
    @Timeout(300)
    void aThousandClientsOnAColdFileAreOneCopyFromTheOrigin() throws Exception {
        byte[] body = Origins.bytes(20_000_000);
        start(new StaticFile(body, "\"v1\"")::serve);

        assertThat(new ManyClients(broker.edge(), PATH, body).get(1_000)).isEqualTo(1_000);

        assertThat(origin.heads()).hasSize(1);
        assertThat(metric("fingerpost_broker_origin_bytes_total")).isEqualTo(body.length);
        assertThat(metric("fingerpost_broker_collapsed_requests_total")).isEqualTo(999);
    }

    @Test
    void whoComesWhileTheOriginIsStillSilentWaitsForTheSameAnswer() throws Exception {
        start(connection -> {
            connection.readHead();
            connection.waitFor(goOn);
            FILE.answer(connection);
        });
        var answers = getMeanwhile(10);
        awaitRequests(10);

        goOn.countDown();

        for (var answer : answers) {
            assertThat(answer.get().body()).isEqualTo(FILE.body());
        }
        assertThat(origin.heads()).hasSize(1);
    }

    @Test
    void whoComesWhileTheBodyIsOnItsWayGetsItFromTheBeginningAndAtOnce() throws Exception {
        startHalfWay();
        try (var first = clientWithTheFirstBytes();
                var second = clientWithTheFirstBytes()) {
            goOn.countDown();

            assertThat(first.readBody(FILE.body().length - HALF)).isEqualTo(second.readBody(
                    FILE.body().length - HALF));
            assertThat(origin.heads()).hasSize(1);
        }
    }

    @Test
    void partsComeFromTheFetchOfTheWhole() throws Exception {
        startHalfWay();
        try (var _ = clientWithTheFirstBytes()) {
            var part = broker.get(PATH, "Range", "bytes=1000-1999");
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.headers().firstValue("Content-Range")).hasValue("bytes 1000-1999/300000");
            assertThat(part.body()).isEqualTo(Arrays.copyOfRange(FILE.body(), 1000, 2000));

            var end = getMeanwhile("Range", "bytes=-500");
            var tail = getMeanwhile("Range", "bytes=250000-");
            var all = getMeanwhile("Range", "bytes=0-");
            awaitRequests(5);
            goOn.countDown();

            assertThat(end.get().headers().firstValue("Content-Range")).hasValue("bytes 299500-299999/300000");
            assertThat(end.get().body()).isEqualTo(Arrays.copyOfRange(FILE.body(), 299_500, 300_000));
            assertThat(tail.get().body()).isEqualTo(Arrays.copyOfRange(FILE.body(), 250_000, 300_000));
            assertThat(all.get().statusCode()).isEqualTo(206);
            assertThat(all.get().body()).isEqualTo(FILE.body());
            assertThat(origin.heads()).hasSize(1);
        }
    }

    @Test
    void aPartWaitsForTheHeadLikeTheWhole() throws Exception {
        start(connection -> {
            connection.readHead();
            connection.waitFor(goOn);
            FILE.answer(connection);
        });
        var whole = getMeanwhile();
        await().until(() -> origin.heads().size() == 1);
        var part = getMeanwhile("Range", "bytes=5-9");
        awaitRequests(2);
        goOn.countDown();

        assertThat(part.get().body()).isEqualTo(Arrays.copyOfRange(FILE.body(), 5, 10));
        assertThat(whole.get().body()).isEqualTo(FILE.body());
        assertThat(origin.heads()).hasSize(1);
    }

    @Test
    void headIsAnsweredFromTheFetchOfAGet() throws Exception {
        startHalfWay();
        try (var _ = clientWithTheFirstBytes();
                var client = new RawClient(broker.edge())) {
            String head = client.send("HEAD " + PATH + " HTTP/1.1\r\nHost: x\r\nRange: bytes=0-5\r\n\r\n").readHead();

            assertThat(head).startsWith("HTTP/1.1 200 OK").contains("Content-Length: 300000", "ETag: \"v1\"",
                    "Fingerpost-Label: shareable");
            assertThat(client.send("HEAD " + PATH + " HTTP/1.1\r\nHost: x\r\n\r\n").readHead()).isEqualTo(head);
            assertThat(origin.heads()).hasSize(1);
        }
    }

    @Test
    void aPartBeyondTheEndIsForTheOriginToRefuse() throws Exception {
        start(connection -> {
            while (connection.readHead()) {
                if (connection.head().contains("Range: bytes=300001-")) {
                    connection.write("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n");
                } else {
                    connection.write(FILE.head() + "\r\n").write(Arrays.copyOf(FILE.body(), HALF)).waitFor(goOn);
                    connection.write(Arrays.copyOfRange(FILE.body(), HALF, 300_000));
                }
            }
        });
        try (var _ = clientWithTheFirstBytes()) {
            assertThat(broker.get(PATH, "Range", "bytes=300001-").statusCode()).isEqualTo(416);
            assertThat(broker.requests()).containsEntry("origin unknown", 2);
        }
    }

    @Test
    void aClientThatWantsNoCacheAsksTheOriginItself() throws Exception {
        startHalfWay();
        try (var _ = clientWithTheFirstBytes();
                var other = new RawClient(broker.edge())) {
            other.send("GET " + PATH + " HTTP/1.1\r\nHost: x\r\nCache-Control: no-cache\r\n\r\n");

            await().until(() -> origin.heads().size() == 2);
        }
    }

    @Test
    void aConditionIsForTheOriginToSayEvenIfTheClientWantsNoCache() throws Exception {
        start(connection -> {
            connection.readHead();
            connection.write("HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n");
        });

        assertThat(broker.get(PATH, "Cache-Control", "no-cache", "If-None-Match", "\"v1\"").statusCode())
                .isEqualTo(304);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Cache-Control: private, max-age=60\r\nETag: \"a\"\r\n",
            SHAREABLE + "ETag: \"a\"\r\nSet-Cookie: a=b\r\n", SHAREABLE + "ETag: \"a\"\r\nVary: Cookie\r\n",
            SHAREABLE + "ETag: \"a\"\r\nAccess-Control-Allow-Origin: https://one.example\r\n", ""})
    void whatIsNotForAllIsGivenToTheOneThatItWasFetchedFor(String fields) throws Exception {
        var answers = new AtomicInteger();
        start(connection -> {
            while (connection.readHead()) {
                connection.waitFor(goOn);
                connection.write("HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 1\r\n\r\n"
                        + answers.incrementAndGet());
            }
        });
        var got = getMeanwhile(5);
        awaitRequests(5);
        assertThat(origin.heads()).hasSize(1);
        goOn.countDown();

        var bodies = new ArrayList<String>();
        for (var answer : got) {
            bodies.add(new String(answer.get().body(), ISO_8859_1));
        }
        assertThat(bodies).containsExactlyInAnyOrder("1", "2", "3", "4", "5");
        assertThat(metric("fingerpost_broker_collapsed_requests_total")).isZero();
    }

    @Test
    void aWishForAPartOfWhatIsNotForAllIsPassedOn() throws Exception {
        start(connection -> {
            while (connection.readHead()) {
                connection.write(connection.head().contains("Range: bytes=0-\r\n")
                        ? "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/2\r\nContent-Length: 2\r\n\r\nok"
                        : "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
            }
        });

        assertThat(broker.get(PATH, "Range", "bytes=0-").statusCode()).isEqualTo(206);
        assertThat(broker.decisionOn(PATH)).isEqualTo("origin unlabelled");
    }

    @Test
    void codingsAreNotMixed() throws Exception {
        start(connection -> {
            while (connection.readHead()) {
                connection.waitFor(goOn);
                if (connection.head().contains("gzip")) {
                    connection.write("HTTP/1.1 200 OK\r\n" + SHAREABLE + "ETag: \"v1-gz\"\r\nVary: Accept-Encoding\r\n"
                            + "Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\ncoded");
                } else {
                    FILE.answer(connection);
                }
            }
        });
        var coded = new ArrayList<Future<HttpResponse<byte[]>>>();
        var plain = new ArrayList<Future<HttpResponse<byte[]>>>();
        for (int i = 0; i < 3; i++) {
            coded.add(getMeanwhile("Accept-Encoding", "gzip"));
            plain.add(getMeanwhile("Accept-Encoding", "identity"));
        }
        awaitRequests(6);
        assertThat(origin.heads()).hasSize(2);
        goOn.countDown();

        for (var answer : coded) {
            assertThat(answer.get().headers().firstValue("Content-Encoding")).hasValue("gzip");
            assertThat(answer.get().body()).asString().isEqualTo("coded");
        }
        for (var answer : plain) {
            assertThat(answer.get().headers().firstValue("Content-Encoding")).isEmpty();
            assertThat(answer.get().body()).isEqualTo(FILE.body());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 300000\r\n", "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 300000\r\n"})
    void anOriginThatDiesWithinTheBodyLeavesABrokenAnswerWithEachAndTheNextOneIsWhole(String framing)
            throws Exception {
        var answered = new AtomicInteger();
        start(connection -> {
            connection.readHead();
            if (answered.getAndIncrement() > 0) {
                FILE.answer(connection);
                return;
            }
            connection.write("HTTP/1.1 200 OK\r\n" + SHAREABLE + "ETag: \"v1\"\r\n" + framing + "\r\n");
            connection.write(framing.contains("chunked") ? "5\r\nhello\r\n" : "hello").waitFor(goOn);
        });
        var answers = getMeanwhile(1);
        await().until(() -> origin.heads().size() == 1);
        if (!framing.contains("chunked")) {
            answers.addAll(getMeanwhile(9));
            awaitRequests(10);
        }
        goOn.countDown();

        for (var answer : answers) {
            assertThatThrownBy(answer::get).hasRootCauseInstanceOf(IOException.class);
        }
        assertThat(broker.get(PATH).body()).isEqualTo(FILE.body());
    }

    /** Another request would not have met it, so one error it stays. */
    @Test
    void aHangUpBeforeTheHeadIsTheErrorOfTheOneThatWasFetchedForAndTheOthersShareAnotherFetch() throws Exception {
        var asked = new AtomicInteger();
        start(connection -> {
            while (connection.readHead()) {
                if (asked.getAndIncrement() == 0) {
                    connection.waitFor(goOn);
                    return;
                }
                FILE.answer(connection);
            }
        }, "spool.linger=2s"); // for those that come to the second fetch late
        var answers = getMeanwhile(20);
        awaitRequests(20);
        goOn.countDown();

        var statuses = new ArrayList<Integer>();
        for (var answer : answers) {
            statuses.add(answer.get().statusCode());
            if (answer.get().statusCode() == 200) {
                assertThat(answer.get().body()).isEqualTo(FILE.body());
            }
        }
        assertThat(statuses).containsOnlyOnce(502).filteredOn(status -> status == 200).hasSize(19);
        assertThat(origin.heads()).hasSize(2);
    }

    @Test
    void anOriginThatHangsUpAgainFailsForAllWhoTriedAgain() throws Exception {
        start(connection -> {
            connection.readHead();
            connection.waitFor(goOn);
        });
        var answers = getMeanwhile(20);
        awaitRequests(20);
        goOn.countDown();

        for (var answer : answers) {
            assertThat(answer.get().statusCode()).isEqualTo(502);
        }
        assertThat(origin.heads()).hasSizeBetween(2, 20);
    }

    @Test
    void anOriginThatIsSilentFailsForAllAtOnce() throws Exception {
        start(connection -> {
            connection.readHead();
            connection.waitFor(goOn);
        }, "origin.answer-timeout=2s");
        var answers = getMeanwhile(5);
        awaitRequests(5);

        for (var answer : answers) {
            assertThat(answer.get().statusCode()).isEqualTo(504);
        }
        assertThat(origin.heads()).hasSize(1);
    }

    @Test
    void theFetchEndsWhenAllHaveLeft() throws Exception {
        startHalfWay();
        var first = clientWithTheFirstBytes();
        var second = clientWithTheFirstBytes();

        first.close();
        second.close();
        goOn.countDown(); // only by the next bytes does the broker learn that they are gone

        await().untilAsserted(() -> assertThat(metric("fingerpost_broker_spooled_bytes")).isZero());
        assertThat(broker.get(PATH).body()).isEqualTo(FILE.body());
    }

    @Test
    void aClientThatLeavesTakesNothingFromTheOthers() throws Exception {
        startHalfWay();
        var leaver = clientWithTheFirstBytes();
        try (var stayer = clientWithTheFirstBytes()) {
            leaver.close();
            goOn.countDown();

            assertThat(stayer.readBody(FILE.body().length - HALF).getBytes(ISO_8859_1))
                    .isEqualTo(Arrays.copyOfRange(FILE.body(), HALF, FILE.body().length));
        }
    }

    @Test
    void aBodyStaysForTheRestOfARush() throws Exception {
        start(FILE::serve, "spool.linger=1s");

        for (int i = 0; i < 10; i++) {
            assertThat(broker.get(PATH).body()).isEqualTo(FILE.body());
        }

        assertThat(origin.heads()).hasSize(1);
        assertThat(metric("fingerpost_broker_spooled_bytes")).isPositive();
    }

    @Test
    void whatIsNoLongerFreshIsNotGivenToAnyoneWhoComesLater() throws Exception {
        start(FILE::serve, "spool.linger=2s");
        broker.get(PATH);
        broker.clock().advance(Duration.ofSeconds(10));
        assertThat(broker.get(PATH).headers().firstValue("Age")).hasValue("10");

        broker.clock().advance(Duration.ofHours(1));
        broker.get(PATH);

        assertThat(origin.heads()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"204 No Content\r\n\r\n", "200 OK\r\nContent-Length: 0\r\n\r\n",
            "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "304 Not Modified\r\nContent-Length: 5000\r\n\r\n"})
    void anAnswerWithoutABodyIsPassedOn(String answer) throws Exception {
        start(connection -> {
            while (connection.readHead()) {
                connection.write("HTTP/1.1 " + answer);
            }
        });

        for (int i = 0; i < 3; i++) {
            var got = broker.get(PATH + i);
            assertThat(got.statusCode()).isEqualTo(Integer.parseInt(answer.substring(0, 3)));
            assertThat(got.body()).isEmpty();
        }
    }

    /** Which of them is right nobody knows, and whoever comes after us may read it the other way. */
    @Test
    void anAnswerWithTwoLengthsIsABadGateway() throws Exception {
        start(connection -> {
            connection.readHead();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok");
        });

        assertThat(broker.get(PATH).statusCode()).isEqualTo(502);
    }

    @Test
    void aLengthBesideChunksIsDroppedAndNotShared() throws Exception {
        start(connection -> {
            connection.readHead();
            connection.write("HTTP/1.1 200 OK\r\n" + SHAREABLE + "ETag: \"v1\"\r\nContent-Length: 2\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        });

        var answer = broker.get(PATH);

        assertThat(answer.body()).asString().isEqualTo("hello");
        assertThat(answer.headers().firstValue("Content-Length")).isEmpty();
        assertThat(answer.headers().firstValue("Fingerpost-Label")).hasValue("refused;reason=unknown-size");
    }
}
