package io.fingerpost.broker.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import io.fingerpost.contract.api.Problem;
import io.fingerpost.contract.api.WireJson;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class OriginFailureIT {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    Path data;

    private final CountDownLatch testOver = new CountDownLatch(1);
    private RawOrigin origin;
    private BrokerFixture broker;

    private void start(RawOrigin.Script script, String... settings) throws IOException {
        origin = new RawOrigin(script);
        broker = new BrokerFixture(data, origin.url(), settings);
    }

    /** With patience for an answer, and for a pause within it, that a test can wait for to end. */
    private void startImpatient(RawOrigin.Script script) throws IOException {
        start(script, "origin.answer-timeout=1s", "edge.idle-timeout=1s");
    }

    @AfterEach
    void stop() throws IOException {
        testOver.countDown();
        broker.close();
        origin.close();
    }

    /** Long enough that five of them are longer than the answer may take, and each alone is not. */
    private static void pause() {
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
    }

    private static void assertFailure(HttpResponse<byte[]> answer, int status, String kind, String error) {
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.headers().allValues("Proxy-Status")).containsExactly("fingerpost; error=" + error);
        assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
        if (answer.body().length > 0) {
            var problem = WireJson.strict().readValue(answer.body(), Problem.class);
            assertThat(problem.is(kind)).as(problem.toString()).isTrue();
            assertThat(problem.status()).isEqualTo(status);
        }
    }

    private void assertNothingLearned() throws IOException {
        assertThat(broker.admin("/metrics").body()).contains("fingerpost_registry_resources 0.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST"})
    void anOriginThatIsDownIsABadGateway(String method) throws IOException {
        start(connection -> {});
        origin.close();

        var answer = broker.send(method, "/", BodyPublishers.noBody());

        assertFailure(answer, 502, "origin-unreachable", "connection_refused");
        assertThat(answer.body().length > 0).isEqualTo(!method.equals("HEAD"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void anOriginThatNeverAnswersIsAGatewayTimeout(String method) throws IOException {
        startImpatient(connection -> {
            connection.readHead();
            connection.waitFor(testOver);
        });

        var answer = broker.send(method, "/", BodyPublishers.ofString(method.equals("POST") ? "hello" : ""));

        assertFailure(answer, 504, "origin-timeout", "http_response_timeout");
        assertThat(broker.admin("/metrics").body())
                .contains("fingerpost_broker_origin_failures_total{kind=\"answer_timeout\"} 1.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PUT"})
    void anOriginThatHangsUpWithoutAnAnswerIsABadGateway(String method) throws IOException {
        start(connection -> connection.readHead());

        var answer = broker.send(method, "/", BodyPublishers.noBody());

        assertFailure(answer, 502, "origin-hung-up", "connection_terminated");
    }

    @Test
    void anOriginThatHangsUpWithinItsHeadIsABadGateway() throws IOException {
        start(connection -> {
            connection.readHead();
            connection.write("HTTP/1.1 200 OK\r\nContent-Le");
        });

        assertFailure(broker.get("/"), 502, "origin-hung-up", "connection_terminated");
    }

    @Test
    void anOriginThatDoesNotSpeakHttpIsABadGateway() throws IOException {
        start(connection -> {
            connection.readHead();
            connection.write("SSH-2.0-OpenSSH_9.9\r\n\r\n");
        });

        assertFailure(broker.get("/"), 502, "origin-hung-up", "connection_terminated");
    }

    @Test
    void aRequestThatIsNotIdempotentReachesTheOriginOnceAtMost() throws IOException {
        start(connection -> connection.readHead());

        broker.send("POST", "/", BodyPublishers.noBody());

        assertThat(origin.heads()).hasSize(1);
    }

    /** Servers close kept connections when they like; that a request was under way on one is nobody's error. */
    @Test
    void aKeptConnectionThatWasClosedIsReplacedUnseen() throws IOException {
        start(connection -> {
            connection.readHead();
            connection.write(OK);
            if (origin.connectionCount() == 1) {
                connection.readHead();
            }
        });
        assertThat(broker.get("/1").statusCode()).isEqualTo(200);

        assertThat(broker.get("/2").statusCode()).isEqualTo(200);

        assertThat(origin.connectionCount()).isEqualTo(2);
    }

    @Test
    void aBodyThatWasSentHalfIsNotSentAgain() throws IOException {
        start(connection -> {
            connection.readHead();
            connection.readBody(10);
        });

        var answer = broker.send("PUT", "/", BodyPublishers.ofByteArray(new byte[1000]));

        assertFailure(answer, 502, "origin-hung-up", "connection_terminated");
        assertThat(origin.heads()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 10000\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
            "Transfer-Encoding: chunked\r\n\r\n400\r\nhalf", "Content-Length: 10000\r\n\r\n"})
    void anOriginThatDiesWithinABodyLeavesABrokenOne(String rest) throws IOException {
        start(connection -> {
            connection.readHead();
            connection.write("HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nETag: \"v1\"\r\n" + rest);
        });

        assertThatThrownBy(() -> broker.get("/")).isInstanceOf(IOException.class);

        assertNothingLearned();
    }

    @Test
    void anErrorWhoseBodyBreaksOffIsBrokenToo() throws IOException {
        start(connection -> {
            connection.readHead();
            connection.write("HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
        });

        String answer = RawClient.exchange(broker.edge(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 503").doesNotContain("\r\n0\r\n").doesNotContain("problem");
    }

    @Test
    void anOriginThatStopsWithinABodyLeavesABrokenOne() throws IOException {
        startImpatient(connection -> {
            connection.readHead();
            connection.write("HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nETag: \"v1\"\r\n"
                    + "Content-Length: 10000\r\n\r\nhalf");
            connection.waitFor(testOver);
        });

        String answer = RawClient.exchange(broker.edge(), "GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        assertThat(answer).endsWith("half");
        assertNothingLearned();
    }

    @Test
    void anAnswerThatTakesLongerThanItsBeginningMayIsPassedOn() throws IOException {
        startImpatient(connection -> {
            connection.readHead();
            connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
            for (String part : "h,e,l,l,o".split(",")) {
                pause();
                connection.write(part);
            }
        });

        assertThat(broker.get("/").body()).asString().isEqualTo("hello");
    }

    /** The time in which the origin has to answer does not run while the client is still sending. */
    @Test
    void anUploadMayTakeLongerThanTheAnswer() throws IOException {
        startImpatient(connection -> {
            connection.readHead();
            connection.readBody(5);
            connection.write(OK);
        });

        try (var client = new RawClient(broker.edge())) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n");
            for (String part : "h,e,l,l,o".split(",")) {
                pause();
                client.send(part);
            }

            assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK");
        }
    }

    @Test
    void anUploadThatNobodyReadsIsAGatewayTimeout() throws IOException {
        startImpatient(connection -> {
            connection.readHead();
            connection.waitFor(testOver);
        });

        try (var client = new RawClient(broker.edge())) {
            client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n");
            client.sendUntilItStops();

            assertThat(client.readHead()).startsWith("HTTP/1.1 504 ");
        }
    }

    @Test
    void anAnswerBeforeTheEndOfAnUploadIsPassedOn() throws IOException {
        start(connection -> {
            connection.readHead();
            connection.write("HTTP/1.1 413 Content Too Large\r\nContent-Length: 4\r\nConnection: close\r\n\r\nmuch");
            connection.waitFor(testOver);
        });

        try (var client = new RawClient(broker.edge())) {
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf");

            assertThat(client.readHead()).startsWith("HTTP/1.1 413 ");
            assertThat(client.readBody(4)).isEqualTo("much");
        }
    }

    @Test
    void aRequestThatCameBackIsRefused() throws IOException {
        start(connection -> connection.readHead());

        var answer = broker.get("/", "CDN-Loop", "other-cdn", "CDN-Loop", "fingerpost");

        assertFailure(answer, 502, "loop", "proxy_loop_detected");
        assertThat(origin.heads()).isEmpty();
    }

    @Test
    void whatTheBrokerSendsIsWhatItRecognises() throws IOException {
        start(connection -> {
            connection.readHead();
            connection.write(OK);
        });
        broker.get("/", "CDN-Loop", "other-cdn");
        var loops = origin.onlyHead().lines().filter(line -> line.startsWith("CDN-Loop")).toList();

        String answer = RawClient.exchange(broker.edge(), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + String.join("\r\n", loops) + "\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 502");
    }
}
