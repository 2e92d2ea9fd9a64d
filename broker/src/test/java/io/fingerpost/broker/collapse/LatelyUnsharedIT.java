package io.fingerpost.broker.collapse;

import static io.fingerpost.broker.collapse.StaticFile.SHAREABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of those who ask for what could not be shared a moment ago. */
class LatelyUnsharedIT extends SharedFetch {
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
