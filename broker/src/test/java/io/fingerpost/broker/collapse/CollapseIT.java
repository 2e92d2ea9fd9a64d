package io.fingerpost.broker.collapse;

import static io.fingerpost.broker.collapse.StaticFile.SHAREABLE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who shares one fetch with whom, and who does not. */
class CollapseIT extends SharedFetch {
    /** These are 20 GB, each byte compared. */
    @Test
    @Timeout(300)
    void aThousandClientsOnAColdFileAreOneCopyFromTheOrigin() throws Exception {
        byte[] body = Origins.bytes(20_000_000);
        // The last of them may be accepted when those before have all they wanted.
        start(new StaticFile(body, "\"v1\"")::serve, "spool.linger=3s");

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
        await().untilAsserted(() -> assertThat(origin.heads()).hasSize(1)); // the broker counts before it asks
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
}
