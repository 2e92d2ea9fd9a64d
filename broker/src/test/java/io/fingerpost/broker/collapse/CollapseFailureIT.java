package io.fingerpost.broker.collapse;

import static io.fingerpost.broker.collapse.StaticFile.SHAREABLE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What those who share a fetch get when it, or one of them, goes wrong. */
class CollapseFailureIT extends SharedFetch {
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
