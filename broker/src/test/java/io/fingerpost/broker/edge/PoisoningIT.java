package io.fingerpost.broker.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.FakePeer;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.http.DigestField;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One client's request must not decide what others get, neither those who wait for the same fetch nor those who are redirected
 * later. The origin here is a bad one: it lets every part of a request show in an answer that it says is for all.
 */
@Timeout(60)
class PoisoningIT {
    private static final String CLEAN = "c".repeat(5000);
    private static final String EVIL = "e".repeat(5000);
    private static final String VERIFYING = "Want-Repr-Digest: sha-256=1\r\n";

    @TempDir
    Path data;

    private RawOrigin origin;
    private BrokerFixture broker;

    @AfterEach
    void stop() throws IOException {
        broker.close();
        origin.close();
    }

    /** Each is a whole request for `/a` in which `evil` stands where an origin could see it, or that asks for something else. */
    static Stream<String> attacks() {
        return Stream.concat(
                Stream.of("X-Forwarded-Host: evil", "X-Host: evil", "X-Forwarded-Server: evil", "Forwarded: host=evil",
                        "X-Original-URL: /evil", "X-Rewrite-URL: /evil", "X-HTTP-Method-Override: evil",
                        "X-HTTP-Method: evil", "X-Method-Override: evil", "X-Forwarded-Scheme: evil",
                        "X-Forwarded-Proto: evil", "X-Forwarded-Port: evil", "X-Forwarded-Prefix: /evil",
                        "X-Forwarded-For: evil", "X-Real-IP: evil", "True-Client-IP: evil", "Cookie: a=evil",
                        "Authorization: Basic evil", "X-Evil: evil", "Expect: evil",
                        "Connection: evil", "Upgrade: evil", "TE: evil", "Proxy-Authorization: Basic evil",
                        "Range: bytes=0-0, evil",
                        "Content-Type: text/evil", "Accept-Encoding\u000b: evil")
                        .map(field -> "GET /a HTTP/1.1\r\nHost: edge.example\r\n" + field + "\r\n\r\n"),
                Stream.of("GET /a HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                        "GET http://evil.example/a HTTP/1.1\r\nHost: edge.example\r\n\r\n",
                        "GET http://evil.example/a HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                        "GET /a HTTP/1.1\r\nHost: edge.example\r\nContent-Length: 4\r\n\r\nevil",
                        "GET /a HTTP/1.1\r\nHost: edge.example\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nevil\r\n0\r\n\r\n",
                        "HEAD /a HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                        "HEAD /a HTTP/1.1\r\nHost: edge.example\r\nX-Forwarded-Host: evil\r\n\r\n",
                        "HEAD http://evil.example/a HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                        "HEAD /a HTTP/1.1\r\nHost: edge.example\r\nX-Evil: evil\r\n\r\n"));
    }

    private static String answer(String head, boolean toldDigest) {
        boolean evil = head.toLowerCase(Locale.ROOT).contains("evil");
        String body = evil ? EVIL : CLEAN;
        return "HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nETag: \"" + (evil ? "evil" : "v1") + "\"\r\n"
                + (toldDigest ? "Repr-Digest: " + DigestField.format(digest(body)) + "\r\n" : "")
                + "Content-Length: 5000\r\n\r\n" + (head.startsWith("HEAD") ? "" : body);
    }

    private static Sha256 digest(String body) {
        return Sha256.digestOf(body.getBytes(StandardCharsets.US_ASCII));
    }

    private void start(RawOrigin chosen) {
        origin = chosen;
        broker = new BrokerFixture(data, origin.url());
    }

    /** An origin that shows in each answer whether anything evil stood in the head of the request. */
    private static RawOrigin reflecting(boolean toldDigest) throws IOException {
        return new RawOrigin(connection -> {
            while (connection.readHead()) {
                connection.write(answer(connection.head(), toldDigest));
                if (hasBody(connection.head())) {
                    return; // by closing: the body is of no interest
                }
            }
        });
    }

    private static boolean hasBody(String head) {
        return RawClient.fieldNames(head).stream()
                .anyMatch(name -> name.equals("content-length") || name.equals("transfer-encoding"));
    }

    private String visit() throws IOException {
        try (var client = new RawClient(broker.edge())) {
            String head = client.send("GET /a HTTP/1.1\r\nHost: edge.example\r\n\r\n").readHead();
            assertThat(head).startsWith("HTTP/1.1 200 ");
            return client.readBody(5000);
        }
    }

    private void attack(String request) throws IOException {
        try (var client = new RawClient(broker.edge())) {
            client.send(request).readHead();
        }
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void whoComesAfterwardsGetsWhatAnybodyWouldGet(String attack) throws Exception {
        start(reflecting(false));

        attack(attack);
        attack(attack);

        assertLaterClientsAreSafe();
    }

    /** The origin names the digest in the head: then no body is needed to learn from. */
    @ParameterizedTest
    @MethodSource("attacks")
    void whatAnOriginSaysOfAnAttackersAnswerIsNotSaidOfTheResource(String attack) throws Exception {
        start(reflecting(true));

        attack(attack);
        attack(attack);

        assertLaterClientsAreSafe();
    }

    private void assertLaterClientsAreSafe() throws Exception {
        assertThatThrownBy(() -> broker.representation(digest(EVIL))).isInstanceOf(IOException.class);
        assertThat(visit()).isEqualTo(CLEAN);
        await().pollDelay(Duration.ZERO).until(() -> broker.decisionOn("/a").equals("origin no_holder"));
        try (var _ = FakePeer.at(broker).holding(broker.representation(digest(CLEAN)))) {
            assertThat(RawClient.exchange(broker.edge(), "GET /a HTTP/1.1\r\nHost: edge.example\r\n" + VERIFYING
                    + "Connection: close\r\n\r\n")).startsWith("HTTP/1.1 302 ")
                    .contains("Target-Repr-Digest: " + DigestField.format(digest(CLEAN)) + "\r\n");
        }
    }

    /** What was learned before stays what all others are told. */
    @ParameterizedTest
    @MethodSource("attacks")
    void whatIsKnownIsNotReplaced(String attack) throws Exception {
        start(reflecting(true));
        visit();
        await().pollDelay(Duration.ZERO).until(() -> broker.decisionOn("/a").equals("origin no_holder"));
        try (var _ = FakePeer.at(broker).holding(broker.representation(digest(CLEAN)))) {
            attack(attack);

            String told = RawClient.exchange(broker.edge(), "GET /a HTTP/1.1\r\nHost: edge.example\r\n" + VERIFYING
                    + "Connection: close\r\n\r\n");

            // Forgetting is allowed, for then the origin is asked; being told anything else is not.
            assertThat(told).doesNotContain(DigestField.format(digest(EVIL))).doesNotContain("eeee");
        }
    }

    @ParameterizedTest
    @MethodSource("attacks")
    void whoWaitsForTheSameFetchGetsWhatAnybodyWouldGet(String attack) throws Exception {
        var mayAnswer = new CountDownLatch(1);
        start(new RawOrigin(connection -> {
            while (connection.readHead()) {
                connection.waitFor(mayAnswer);
                connection.write(answer(connection.head(), false));
                if (hasBody(connection.head())) {
                    return;
                }
            }
        }));
        try (var attacker = new RawClient(broker.edge())) {
            attacker.send(attack);
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5))
                    .until(() -> !origin.heads().isEmpty() || attacker.isAnswered());
            var victim = CompletableFuture.supplyAsync(this::visitLater, Thread::startVirtualThread);
            await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5))
                    .until(() -> requests() > 1 || attacker.isAnswered());

            mayAnswer.countDown();

            assertThat(victim.join()).isEqualTo(CLEAN);
        }
    }

    private String visitLater() {
        try {
            return visit();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private int requests() throws IOException {
        return broker.requests().values().stream().mapToInt(Integer::intValue).sum();
    }

    /** What ordinary clients differ in is for the origin to name in `Vary`; then nothing is shared. */
    @ParameterizedTest
    @CsvSource({"Accept-Language", "Origin", "User-Agent", "Cookie", "Referer", "X-Forwarded-Host"})
    void anAnswerThatVariesIsNobodyElses(String field) throws Exception {
        start(new RawOrigin(connection -> {
            while (connection.readHead()) {
                connection
                        .write(answer(connection.head(), true).replace("\r\nETag", "\r\nVary: " + field + "\r\nETag"));
            }
        }));

        attack("GET /a HTTP/1.1\r\nHost: edge.example\r\n" + field + ": evil\r\n\r\n");

        assertThat(visit()).isEqualTo(CLEAN);
        assertThat(broker.decisionOn("/a")).isNotEqualTo("origin no_holder");
    }

    @Test
    void anAnswerForOneSiteIsNotForAnother() throws Exception {
        start(new RawOrigin(connection -> {
            while (connection.readHead()) {
                connection.write(answer(connection.head(), true).replace("\r\nETag",
                        "\r\nAccess-Control-Allow-Origin: https://one.example\r\nETag"));
            }
        }));
        attack("GET /a HTTP/1.1\r\nHost: edge.example\r\nOrigin: https://one.example\r\n\r\n");

        String told = RawClient.exchange(broker.edge(), "GET /a HTTP/1.1\r\nHost: edge.example\r\n"
                + "Origin: https://two.example\r\nConnection: close\r\n\r\n");

        assertThat(origin.heads()).hasSize(2);
        assertThat(told).startsWith("HTTP/1.1 200 ");
    }
}
