package io.fingerpost.broker.collapse;

import static io.fingerpost.broker.collapse.StaticFile.SHAREABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.FakePeer;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawOrigin;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.http.DigestField;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

/** What becomes of a representation that peers hold when it goes stale, and what the origin's own word on a digest does. */
@Timeout(60)
class RevalidationIT {
    private static final String PATH = "/map.pak";
    private static final StaticFile OLD = new StaticFile(Origins.bytes(300_000), "\"v1\"");
    private static final StaticFile NEW = new StaticFile(Origins.bytes(400_000), "\"v2\"");
    private static final String CONFIRMED = "HTTP/1.1 304 Not Modified\r\n" + SHAREABLE + "ETag: \"v1\"\r\n\r\n";
    private static final String[] VERIFIES = {"Want-Repr-Digest", "sha-256=10"};

    @TempDir
    Path data;

    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch goOn = new CountDownLatch(1);
    private RawOrigin origin;
    private BrokerFixture broker;
    private FakePeer peer;

    /** With a peer that holds {@link #OLD}, which the origin sends to whoever sets no condition. */
    private void startStale(RawOrigin.Script whenAskedAgain) throws Exception {
        origin = new RawOrigin(connection -> {
            while (connection.readHead()) {
                if (StaticFile.field(connection, "If-None-Match").isPresent()) {
                    whenAskedAgain.play(connection);
                } else {
                    (conditionalRequests() == 0 ? OLD : NEW).answer(connection);
                }
            }
        });
        broker = new BrokerFixture(data, origin.url(), "spool.linger=1s", "lease.ttl=5h");
        broker.get(PATH);
        peer = FakePeer.at(broker).holding(broker.representation(Sha256.digestOf(OLD.body())));
        assertThat(get().statusCode()).isEqualTo(302);
        assertThat(origin.heads()).hasSize(1);
        broker.clock().advance(Duration.ofHours(1));
    }

    @AfterEach
    void stop() throws IOException {
        goOn.countDown();
        clients.shutdownNow();
        peer.close();
        broker.close();
        origin.close();
    }

    private HttpResponse<byte[]> get() throws IOException {
        return broker.get(PATH, VERIFIES);
    }

    private List<HttpResponse<byte[]>> getAtOnce(int times) throws Exception {
        var waiting = new ArrayList<Future<HttpResponse<byte[]>>>();
        for (int i = 0; i < times; i++) {
            waiting.add(clients.submit(this::get));
        }
        var answers = new ArrayList<HttpResponse<byte[]>>();
        for (var answer : waiting) {
            answers.add(answer.get());
        }
        return answers;
    }

    private long conditionalRequests() {
        return origin.heads().stream().filter(head -> head.contains("If-None-Match: \"v1\"\r\n")).count();
    }

    @ParameterizedTest
    @ValueSource(strings = {CONFIRMED, "HTTP/1.1 304 Not Modified\r\n\r\n",
            "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\nContent-Length: 300000\r\n\r\n"})
    void whatIsStillRightIsConfirmedOnceForAllAndThenRedirected(String confirmation) throws Exception {
        startStale(connection -> connection.write(confirmation));

        assertThat(getAtOnce(20)).allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(302));

        assertThat(conditionalRequests()).isEqualTo(1);
        assertThat(origin.heads()).hasSize(2);
        assertThat(broker.requests()).isEqualTo(Map.of("origin unknown", 1, "redirect held", 21));
    }

    @Test
    void headIsConfirmedAndRedirectedToo() throws Exception {
        startStale(connection -> connection.write(CONFIRMED));

        var answer = broker.send("HEAD", PATH, BodyPublishers.noBody(), VERIFIES);

        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(origin.heads()).hasSize(2);
    }

    @Test
    void whatHasChangedIsFetchedOnceForAll() throws Exception {
        startStale(NEW::answer);

        assertThat(getAtOnce(20)).allSatisfy(answer -> assertThat(answer.body()).isEqualTo(NEW.body()));

        assertThat(conditionalRequests()).isEqualTo(1);
        assertThat(origin.heads()).hasSize(2);
        assertThat(get().headers().firstValue("Repr-Digest"))
                .hasValue(DigestField.format(Sha256.digestOf(NEW.body())));
    }

    @Test
    void whatHasChangedIsOutOfRoutingBeforeItsNewBytesAreThere() throws Exception {
        startStale(connection -> {
            connection.write(NEW.head() + "\r\n").write(Arrays.copyOf(NEW.body(), 1000)).waitFor(goOn);
            connection.write(Arrays.copyOfRange(NEW.body(), 1000, NEW.body().length));
        });
        var answer = clients.submit(this::get);
        await().until(() -> conditionalRequests() == 1);

        var part = broker.get(PATH, "Want-Repr-Digest", "sha-256=10", "Range", "bytes=0-9");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOf(NEW.body(), 10));
        assertThat(broker.requests()).containsEntry("redirect held", 1);

        goOn.countDown();
        assertThat(answer.get().body()).isEqualTo(NEW.body());
        assertThat(conditionalRequests()).isEqualTo(1);
    }

    @Test
    void anErrorOfTheOriginIsPassedOnToEachAndForgetsNothing() throws Exception {
        startStale(connection -> connection.write("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"));
        // Whoever asks anew, without the condition, gets NEW of the origin.

        assertThat(get().body()).isEqualTo(NEW.body());

        assertThat(broker.requests()).containsEntry("origin stale", 1);
    }

    @Test
    void anOriginThatHangsUpIsABadGateway() throws Exception {
        startStale(connection -> {
            connection.close();
        });

        assertThat(get().statusCode()).isEqualTo(502);
        assertThat(broker.requests()).containsEntry("origin stale", 1);
    }

    private void startWithDigest(String digest) throws Exception {
        origin = new RawOrigin(connection -> {
            while (connection.readHead()) {
                if (connection.head().startsWith("GET /held ")) {
                    OLD.answer(connection);
                } else {
                    connection.write(OLD.head() + "Repr-Digest: " + digest + "\r\n\r\n")
                            .write(Arrays.copyOf(OLD.body(), 1000)).waitFor(goOn);
                    connection.write(Arrays.copyOfRange(OLD.body(), 1000, OLD.body().length));
                }
            }
        });
        broker = new BrokerFixture(data, origin.url());
        broker.get("/held");
        peer = FakePeer.at(broker).holding(broker.representation(Sha256.digestOf(OLD.body())));
    }

    @Test
    void theOriginsWordOnADigestIsBelievedBeforeTheBodyIsThere() throws Exception {
        startWithDigest(DigestField.format(Sha256.digestOf(OLD.body())));
        var first = clients.submit(this::get);
        await().until(() -> origin.heads().size() == 2);
        assertThat(broker.get(PATH, "Range", "bytes=0-9").statusCode()).isEqualTo(206); // so the head is known

        assertThat(get().statusCode()).isEqualTo(302);

        goOn.countDown();
        assertThat(first.get().body()).isEqualTo(OLD.body());
        assertThat(origin.heads()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha-256=:AAAA:", "sha-256=AAAA", "nonsense", "sha-512=:AAAA:", "sha-256=:AAAA:, ="})
    void aWordThatIsNoDigestIsIgnored(String digest) throws Exception {
        startWithDigest(digest);
        var first = clients.submit(this::get);
        await().until(() -> origin.heads().size() == 2);
        assertThat(broker.get(PATH, "Range", "bytes=0-9").statusCode()).isEqualTo(206);

        assertThat(broker.get(PATH, "Want-Repr-Digest", "sha-256=10", "Range", "bytes=0-9").statusCode())
                .isEqualTo(206);

        goOn.countDown();
        assertThat(first.get().body()).isEqualTo(OLD.body());
        assertThat(get().statusCode()).as("the digest of the bytes was learned").isEqualTo(302);
    }

    /** An entity tag that stays although the bytes change, such as one of a size and a second, deceives nobody here. */
    @Test
    void anotherDigestUnderTheSameEntityTagIsAnotherRepresentation() throws Exception {
        var changed = new StaticFile(OLD.body().clone(), OLD.etag());
        changed.body()[7]++;
        startStale(connection -> connection.write(changed.head() + "Repr-Digest: "
                + DigestField.format(Sha256.digestOf(changed.body())) + "\r\n\r\n").write(changed.body()));

        assertThat(get().body()).isEqualTo(changed.body());
        assertThat(broker.decisionOn(PATH)).isEqualTo("origin no_holder");
    }
}
