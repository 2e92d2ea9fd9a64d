package io.fingerpost.agent.fetch;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fingerpost.agent.AgentConfig;
import io.fingerpost.agent.testing.Call;
import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.FakeBroker;
import io.fingerpost.agent.testing.FakeRegistry;
import io.fingerpost.agent.testing.FetchRig;
import io.fingerpost.agent.testing.ScriptedServer;
import io.fingerpost.agent.testing.ScriptedServer.Script;
import io.fingerpost.agent.testing.Scripts;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.Order;
import io.fingerpost.contract.api.OrdersRequest.Failed;
import io.fingerpost.contract.config.ByteSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a source does, or the registry orders: the right bytes arrive, or a clear error; and who failed is told of. */
@Timeout(30)
class SwarmTransferIT {
    private static final AgentConfig.Fetch CONFIG = new AgentConfig.Fetch(Duration.ofSeconds(5),
            Duration.ofSeconds(60), Duration.ofSeconds(1), ByteSize.parse("1"));
    private static final String RESOURCE = "/maps/desert.pak";
    /** Six pieces, the last one short. */
    private static final Content FILE = Content.of(6 * PIECE - 12_345, 1);
    private static final Content NEXT_VERSION = Content.of(6 * PIECE - 12_345, 2);
    private static final PeerId SELF = id('s');
    private static final PeerId BAD = id('b');
    private static final PeerId GOOD = id('g');
    private static final Failed BAD_FAILED = new Failed(FILE.digest(), Optional.of(BAD));
    private static final Failed ORIGIN_FAILED = new Failed(FILE.digest(), Optional.empty());

    @RegisterExtension
    private final FetchRig rig = FetchRig.withConfig(CONFIG);
    @RegisterExtension
    private final ScriptedServer bad = new ScriptedServer(Call::reset);
    @RegisterExtension
    private final ScriptedServer good = new ScriptedServer(Scripts.serving(FILE));

    private static PeerId id(char letter) {
        return new PeerId(String.valueOf(letter).repeat(42) + "A");
    }

    @BeforeEach
    void join() {
        rig.join(SELF);
        rig.broker().originServes(RESOURCE, FILE);
    }

    private FakeRegistry registry() {
        return rig.broker().registry();
    }

    private static Order order(PeerId from, String url, int... pieces) {
        return new Order(FILE.digest(), Optional.of(from), Optional.of(url), boxed(pieces));
    }

    private static List<Integer> boxed(int... pieces) {
        return IntStream.of(pieces).boxed().toList();
    }

    private Order fromBad(int... pieces) {
        return order(BAD, bad.url() + "/x?t=ticket", pieces);
    }

    private Order fromGood(int... pieces) {
        return order(GOOD, good.url() + "/x?t=ticket", pieces);
    }

    private static Order fromOrigin(int... pieces) {
        return new Order(FILE.digest(), Optional.empty(), Optional.empty(), boxed(pieces));
    }

    private static int[] all() {
        return IntStream.range(0, 6).toArray();
    }

    /** When a source has failed, all that is missing is ordered from the good peer. */
    private void orderFromGoodAfterFailures() {
        registry().onFailure(_ -> List.of(fromGood(all())));
    }

    private void assertFetched() throws IOException {
        assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes());
        assertThat(rig.store().find(FILE.digest()).orElseThrow().representation()).isEqualTo(FILE.representation());
    }

    private static Script headThenHang(String fields) {
        return call -> {
            call.head(206, fields);
            call.hang();
        };
    }

    private static String rangeFields(int first, int last) {
        return "Content-Range: bytes " + first + "-" + last + "/" + FILE.size() + "\r\nContent-Length: "
                + (last + 1 - first) + "\r\nETag: " + FILE.etag();
    }

    /** Breaks off within the second of the pieces 1 to 3. */
    private static void half(Call call) throws IOException {
        call.head(206, rangeFields(PIECE, 4 * PIECE - 1));
        call.send(FILE.part(PIECE, 2 * PIECE + 999));
    }

    /** What can go wrong with the pieces 1 to 3, and whose fault that is. */
    private enum Fault {
        NO_ANSWER(Call::hang, "timeout"),
        HANGS_IN_THE_BODY(call -> {
            half(call);
            call.hang();
        }, "timeout"),
        HANGS_AFTER_THE_HEAD(headThenHang(rangeFields(PIECE, 4 * PIECE - 1)), "timeout"),
        RESETS(Call::reset, "short"),
        RESETS_IN_THE_BODY(call -> {
            half(call);
            call.reset();
        }, "short"),
        TRUNCATES(SwarmTransferIT::half, "short"),
        ANOTHER_RANGE(call -> call.answer(206, FILE.part(0, 3 * PIECE - 1),
                "Content-Range: bytes 0-" + (3 * PIECE - 1) + "/" + FILE.size(), "ETag: " + FILE.etag()), "status"),
        NO_RANGE_NAMED(call -> call.answer(206, FILE.part(PIECE, 4 * PIECE - 1), "ETag: " + FILE.etag()), "status"),
        SHORT_LENGTH(call -> call.answer(206, FILE.part(PIECE, 2 * PIECE),
                "Content-Range: bytes " + PIECE + "-" + (4 * PIECE - 1) + "/" + FILE.size(),
                "ETag: " + FILE.etag()), "short"),
        WHOLE_OF_ANOTHER_LENGTH(call -> call.answer(200, FILE.part(0, FILE.size() - 2), "ETag: " + FILE.etag()),
                "status"),
        WRONG_BYTES(Scripts.serving(FILE, bytes -> new byte[bytes.length]), "digest"),
        ONE_WRONG_BIT(Scripts.serving(FILE, _ -> FILE.withWrongBitAt(2 * PIECE + 5)), "digest"),
        STATUS_403(call -> call.answer(403, new byte[0]), "status"),
        STATUS_404(call -> call.answer(404, new byte[0]), "status"),
        STATUS_416(call -> call.answer(416, new byte[0], "Content-Range: bytes */" + FILE.size()), "status"),
        STATUS_500(call -> call.answer(500, new byte[0]), "status"),
        STATUS_503(call -> call.answer(503, new byte[0]), "status"),
        FULL(call -> call.answer(503, new byte[0], "Retry-After: 2"), "none"),
        REDIRECTS(call -> call.answer(302, new byte[0], "Location: /elsewhere"), "status"),
        COMPRESSES(call -> call.answer(206, FILE.part(PIECE, 4 * PIECE - 1), "Content-Encoding: gzip",
                "Content-Range: bytes " + PIECE + "-" + (4 * PIECE - 1) + "/" + FILE.size(),
                "ETag: " + FILE.etag()), "status");

        private final Script script;
        private final String phase;

        Fault(Script script, String phase) {
            this.script = script;
            this.phase = phase;
        }
    }

    @ParameterizedTest
    @EnumSource
    void takesElsewhereWhatAPeerDoesNotSend(Fault fault) throws IOException {
        bad.script(fault.script);
        registry().plans(RESOURCE, FILE, fromBad(1, 2, 3), fromGood(0, 4, 5));
        orderFromGoodAfterFailures();

        assertFetched();

        assertThat(registry().failed()).containsExactly(BAD_FAILED);
        if (fault.phase.equals("none")) {
            assertThat(rig.failures()).isEmpty();
        } else {
            assertThat(rig.failures()).singleElement().asString()
                    .matches(fault.phase + " [12] " + URI.create(bad.url()).getRawAuthority());
        }
        assertThat(bad.calls()).noneMatch(call -> call.target().equals("/elsewhere"));
        assertThat(rig.broker().originCalls(RESOURCE)).isEmpty();
    }

    /** The origin is waited for, as the last resort; a peer has the pieces first. */
    @ParameterizedTest
    @EnumSource
    void takesElsewhereWhatTheOriginDoesNotSend(Fault fault) throws IOException {
        rig.broker().on(RESOURCE, fault.script);
        registry().plans(RESOURCE, FILE, fromOrigin(1, 2, 3), fromGood(0, 4, 5));
        orderFromGoodAfterFailures();
        boolean hangs = fault.phase.equals("timeout");
        if (hangs) {
            registry().orders(fromGood(all()));
        }

        assertFetched();

        if (!hangs) {
            assertThat(registry().failed()).containsExactly(ORIGIN_FAILED);
        }
        assertThat(rig.failures()).isEmpty();
        assertThat(rig.broker().calls("/elsewhere")).isEmpty();
    }

    @Test
    void hasNothingAgainstAPeerThatDoesNotHaveAPieceYet() throws IOException {
        bad.script(call -> call.answer(503, new byte[0], "Retry-After: 2", "Preference-Applied: wait"));
        registry().plans(RESOURCE, FILE, fromBad(1), fromGood(0, 2, 3, 4, 5));
        registry().orders(fromGood(1));

        assertFetched();

        assertThat(bad.calls()).isNotEmpty();
        assertThat(registry().failed()).isEmpty();
        assertThat(rig.failures()).isEmpty();
    }

    @Test
    void takesElsewhereWhatAPeerThatIsGoneWasToSend() throws IOException {
        bad.stop();
        registry().plans(RESOURCE, FILE, fromBad(all()));
        orderFromGoodAfterFailures();

        assertFetched();

        assertThat(registry().failed()).containsExactly(BAD_FAILED);
        assertThat(rig.failures()).containsExactly("connect 0 " + URI.create(bad.url()).getRawAuthority());
    }

    @Test
    void asksTheOriginWhenTheRegistryFallsSilent() throws IOException {
        registry().plans(RESOURCE, FILE, fromGood(0, 1));

        assertFetched();

        assertThat(rig.broker().originCalls(RESOURCE)).isNotEmpty();
        assertThat(registry().plansAsked()).as("it was asked again before").hasSizeGreaterThan(1);
        assertThat(rig.broker().originCalls(RESOURCE).getFirst().field("Range").orElseThrow())
                .startsWith("bytes=" + 2 * PIECE + "-");
    }

    @Test
    void takesAllOfAnOriginThatIgnoresRanges() throws IOException {
        rig.broker().on(RESOURCE, Scripts.servingOnlyWhole(FILE, FakeBroker.SHAREABLE));
        registry().plans(RESOURCE, FILE, fromOrigin(3));

        assertFetched();

        assertThat(rig.broker().originCalls(RESOURCE)).hasSize(1);
    }

    @Test
    void mixesNoVersionsWhenTheOriginChangesTheFile() throws IOException {
        rig.broker().originServes(RESOURCE, NEXT_VERSION);
        registry().plans(RESOURCE, FILE, fromGood(0, 1));

        var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));
        registry().orders(fromOrigin(2));

        assertThatThrownBy(() -> rig.copy(RESOURCE, running)).isInstanceOf(IOException.class)
                .hasMessageContaining("version");
        assertThat(rig.store().find(FILE.digest())).isEmpty();
    }

    @Test
    void goesOnElsewhereAtTheByteWhereAPeerBrokeOff() throws IOException {
        bad.script(Fault.HANGS_IN_THE_BODY.script);
        registry().plans(RESOURCE, FILE, fromBad(1, 2, 3));
        registry().onFailure(_ -> List.of(fromGood(2, 3), fromGood(0), fromGood(4, 5)));

        assertFetched();

        assertThat(good.calls()).extracting(call -> call.field("Range").orElseThrow())
                .contains("bytes=" + (2 * PIECE + 1000) + "-" + (4 * PIECE - 1));
    }

    /** The good peer goes on in a piece that another has spoilt; then it sends all of it, and that is right. */
    @Test
    void blamesNobodyForWhatAnotherMayHaveSpoilt() throws IOException {
        bad.script(call -> {
            call.head(206, rangeFields(PIECE, 4 * PIECE - 1));
            call.send(FILE.part(PIECE, 2 * PIECE - 1));
            call.send(new byte[1000]);
            call.hang();
        });
        registry().plans(RESOURCE, FILE, fromBad(1, 2, 3), fromGood(0, 4, 5));
        registry().onFailure(_ -> List.of(fromGood(2, 3)));

        assertFetched();

        assertThat(registry().failed()).containsExactly(BAD_FAILED);
        assertThat(rig.failures()).containsExactly("timeout 2 " + URI.create(bad.url()).getRawAuthority());
        assertThat(good.calls()).extracting(call -> call.field("Range").orElseThrow())
                .contains("bytes=" + (2 * PIECE + 1000) + "-" + (4 * PIECE - 1),
                        "bytes=" + 2 * PIECE + "-" + (3 * PIECE - 1));
    }

    @Test
    void asksARegistryThatDoesNotWaitNoMoreThanOnceASecond() throws IOException {
        registry().doNotWait();
        registry().plans(RESOURCE, FILE, fromGood(0, 1));

        assertFetched();

        assertThat(registry().questions()).hasSizeLessThan(10);
    }

    @Test
    void tellsOfAFailureAgainWhenTheReportIsLost() throws IOException {
        registry().breakNextReport();
        orderFromGoodAfterFailures();
        registry().plans(RESOURCE, FILE, fromGood(0), fromBad(1));

        assertFetched();

        assertThat(registry().failed()).contains(BAD_FAILED);
    }

    @Test
    void carriesOutOrdersThatComeBeforeThePlan() throws IOException {
        var other = Content.of(3 * PIECE, 7);
        var gate = new CountDownLatch(1);
        bad.script(call -> {
            call.awaitGate(gate);
            Scripts.serving(other).answer(call);
        });
        rig.broker().originServes("/other", other);
        registry().plans("/other", other, new Order(other.digest(), Optional.of(BAD), Optional.of(bad.url() + "/x?t=t"),
                boxed(0, 1, 2)));
        var running = CompletableFuture.supplyAsync(this::readOther);
        Awaitility.await().until(() -> !registry().questions().isEmpty());
        registry().orders(fromGood(all()));
        Awaitility.await().until(() -> registry().questions().size() > 1); // it has been told

        registry().plans(RESOURCE, FILE);
        assertFetched();

        assertThat(rig.broker().originCalls(RESOURCE)).isEmpty();
        gate.countDown();
        assertThat(running.join()).isEqualTo(other.bytes());
    }

    private byte[] readOther() {
        try {
            return rig.read("/other");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void asksForFewPlansAtATime() throws Exception {
        var gate = new CountDownLatch(1);
        registry().holdPlans(gate);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 12; i++) {
                String resource = "/of-many-" + i;
                rig.broker().originServes(resource, FILE);
                threads.submit(() -> rig.read(resource));
            }
            Awaitility.await().during(Duration.ofMillis(300)).until(() -> registry().plansAsked().size() == 4);

            gate.countDown();
            Awaitility.await().until(() -> registry().plansAsked().size() == 12);
        }
    }

    @Test
    void asksTheBrokerWhenTheRegistryAnswersNoPlans() throws Exception {
        var gate = new CountDownLatch(1);
        registry().holdPlans(gate);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4; i++) {
                String resource = "/held-" + i;
                rig.broker().originServes(resource, FILE);
                threads.submit(() -> rig.read(resource));
            }
            Awaitility.await().until(() -> registry().plansAsked().size() == 4);

            assertFetched();

            assertThat(registry().plansAsked()).hasSize(4);
            gate.countDown();
        }
    }

    @Test
    void refusesOrdersThatCrossTheReportOfAFailure() throws IOException {
        bad.script(call -> call.answer(404, new byte[0]));
        registry().onFailure(failed -> failed.equals(BAD_FAILED) && registry().failed().size() < 3
                ? List.of(order(BAD, bad.url() + "/x?t=" + registry().failed().size(), 1))
                : List.of(fromGood(all())));
        registry().plans(RESOURCE, FILE, fromGood(0), fromBad(1));

        assertFetched();

        assertThat(bad.calls()).hasSize(1);
        assertThat(registry().failed()).filteredOn(BAD_FAILED::equals).hasSizeGreaterThan(1);
    }

    @Test
    void forgetsTheTransferAtTheRegistryWhenItIsOver() throws IOException {
        registry().plans(RESOURCE, FILE, fromGood(all()));

        assertFetched();

        Awaitility.await().until(() -> registry().left().contains(FILE.digest()));
    }

    @Test
    void givesUpWhenNobodyHasIt() throws IOException {
        rig.broker().on(RESOURCE, call -> call.answer(500, new byte[0]));
        registry().plans(RESOURCE, FILE, fromGood(0), fromBad(1, 2, 3), fromOrigin(4));

        var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));

        assertThatThrownBy(() -> FetchRig.drain(running)).isInstanceOf(IOException.class)
                .hasMessageContaining("status 500");
        assertThat(rig.store().find(FILE.digest())).isEmpty();
        assertThat(registry().failed()).contains(BAD_FAILED, ORIGIN_FAILED);
    }

    @Test
    void takesAllOfAPieceAnewThatProvedWrong() throws IOException {
        bad.script(Scripts.serving(FILE, bytes -> new byte[bytes.length]));
        registry().plans(RESOURCE, FILE, fromBad(5), fromGood(0, 1, 2, 3, 4));
        registry().onFailure(_ -> List.of(fromGood(5)));

        assertFetched();

        assertThat(good.calls()).extracting(call -> call.field("Range").orElseThrow())
                .containsExactlyInAnyOrder("bytes=0-" + (5 * PIECE - 1), "bytes=" + 5 * PIECE + "-");
    }

    /** The pieces that the store has to serve. */
    private List<Integer> held() {
        return rig.store().held(FILE.digest()).stream()
                .flatMap(held -> IntStream.range(0, 6).filter(held.pieces()::contains).boxed()).toList();
    }

    @Test
    void showsPiecesWhileOthersAreMissing() throws IOException {
        var gate = new CountDownLatch(1);
        bad.script(call -> {
            call.awaitGate(gate);
            Scripts.serving(FILE).answer(call);
        });
        var announced = new CopyOnWriteArrayList<Sha256>();
        rig.store().listen(announced::add);
        registry().plans(RESOURCE, FILE, fromGood(0, 4, 5), fromBad(1));
        var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));

        Awaitility.await().untilAsserted(() -> assertThat(held()).isEqualTo(List.of(0, 4, 5)));
        assertThat(announced).containsOnly(FILE.digest()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(running.transfer().available()).isEqualTo(PIECE);
        gate.countDown();
        registry().orders(fromGood(2, 3));

        assertThat(FetchRig.drain(running)).isEqualTo(FILE.bytes());
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://[broken/", "file:///etc/passwd", "ftp://127.0.0.1/x", "mailto:me@example.org",
            "jar:file:/x.jar!/y", "/relative", "", "http:///nowhere", "nonsense:x"})
    void isNotHarmedByAnOrderWithoutAUsableUrl(String url) throws IOException {
        registry().plans(RESOURCE, FILE, order(BAD, url, 0, 1), fromGood(4, 5));
        orderFromGoodAfterFailures();

        assertFetched();

        assertThat(registry().failed()).containsExactly(BAD_FAILED);
        assertThat(rig.failures()).as("the peer is not to blame").isEmpty();
        assertThat(rig.broker().originCalls(RESOURCE)).isEmpty();
    }

    @Test
    void isNotHarmedByOrdersThatMakeNoSense() throws IOException {
        var unknown = new Order(NEXT_VERSION.digest(), Optional.of(BAD), Optional.of(bad.url() + "/x"), boxed(0, 1));
        registry().plans(RESOURCE, FILE, unknown, fromBad(6, 7, -1, Integer.MAX_VALUE, Integer.MIN_VALUE), fromBad());
        registry().orders(unknown);
        registry().orders(fromBad(1_000_000));
        registry().orders(fromGood(6, 5, 4, 3, 3, 2, 1, 0, -1));

        assertFetched();

        assertThat(bad.calls()).isEmpty();
        assertThat(rig.broker().originCalls(RESOURCE)).isEmpty();
    }

    @Test
    void fetchesTwoResourcesOfOneDigestAtATime() throws IOException {
        var gate = new CountDownLatch(1);
        good.script(call -> {
            call.awaitGate(gate);
            Scripts.serving(FILE).answer(call);
        });
        rig.broker().originServes("/copy", FILE);
        registry().plans(RESOURCE, FILE, fromGood(0), fromOrigin(1));
        registry().plans("/copy", FILE);
        var first = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));
        Awaitility.await().until(() -> rig.store().held(FILE.digest()).isPresent());

        assertThat(rig.read("/copy")).isEqualTo(FILE.bytes());
        gate.countDown();

        registry().orders(fromGood(2, 3, 4, 5));
        assertThat(FetchRig.drain(first)).isEqualTo(FILE.bytes());
    }

    @Test
    void resumesAfterARestartWithoutFetchingVerifiedPiecesAgain() throws IOException {
        bad.script(Fault.HANGS_IN_THE_BODY.script);
        registry().plans(RESOURCE, FILE, fromGood(0), fromBad(1, 2, 3), fromGood(5));
        var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));
        Awaitility.await().until(() -> running.transfer().available() == 2 * PIECE && good.calls().size() == 2);
        Awaitility.await().until(() -> registry().failed().contains(BAD_FAILED));
        running.reader().close();
        rig.restart();
        rig.join(SELF);
        good.calls().clear();
        registry().plans(RESOURCE, FILE, fromGood(all()));

        assertFetched();

        assertThat(good.calls()).extracting(call -> call.field("Range").orElseThrow())
                .containsExactly("bytes=" + 2 * PIECE + "-" + (5 * PIECE - 1));
    }

    /** One asks by the swarm, but another, whom the registry cannot help, is first: the digest stays free for later ones. */
    @Test
    void leavesTheSwarmWhenAnotherTransferOfTheResourceWasFirst() throws Exception {
        var planGate = new CountDownLatch(1);
        var originGate = new CountDownLatch(1);
        rig.broker().on(RESOURCE, call -> {
            call.head(200, "Content-Length: " + FILE.size() + "\r\n" + FakeBroker.SHAREABLE + "\r\nETag: "
                    + FILE.etag());
            call.send(FILE.part(0, PIECE - 1));
            call.awaitGate(originGate);
            call.send(FILE.from(PIECE));
        });
        registry().holdPlans(planGate);
        registry().plans(RESOURCE, FILE);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var second = threads.submit(() -> rig.read(RESOURCE));
            Awaitility.await().until(() -> !registry().plansAsked().isEmpty());
            var first = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of("Authorization", "somebody")));
            planGate.countDown();

            Awaitility.await().until(() -> registry().left().contains(FILE.digest()));
            originGate.countDown();
            assertThat(FetchRig.drain(first)).isEqualTo(FILE.bytes());
            assertThat(second.get()).isEqualTo(FILE.bytes());
        }
    }
}
