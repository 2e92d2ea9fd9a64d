package io.fingerpost.agent.fetch;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fingerpost.agent.fetch.Fetched.Held;
import io.fingerpost.agent.fetch.Fetched.Passed;
import io.fingerpost.agent.fetch.Fetched.Running;
import io.fingerpost.agent.testing.Call;
import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.FakeBroker;
import io.fingerpost.agent.testing.FetchRig;
import io.fingerpost.agent.testing.ScriptedServer;
import io.fingerpost.agent.testing.Scripts;
import io.fingerpost.contract.http.DigestField;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class FetcherIT {
    private static final String RESOURCE = "/maps/desert.pak";
    private static final Content FILE = Content.of(3 * PIECE + 99, 1);
    private static final Content NEXT_VERSION = Content.of(3 * PIECE + 99, 2);

    @RegisterExtension
    private final FetchRig rig = FetchRig.patient();
    @RegisterExtension
    private final ScriptedServer peer = new ScriptedServer(Scripts.serving(FILE));

    private void redirectToPeer() {
        rig.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")));
    }

    @Test
    void storesWhatTheOriginAllowsToShare() throws IOException {
        rig.broker().originServes(RESOURCE, FILE);

        assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes());

        assertThat(rig.store().find(FILE.digest()).orElseThrow().representation()).isEqualTo(FILE.representation());
        var call = rig.broker().calls(RESOURCE).getFirst();
        assertThat(call.field("Want-Repr-Digest")).contains("sha-256=10");
        assertThat(call.field("Accept-Encoding")).contains("identity");
    }

    @Test
    void asksOnlyWhetherTheStoredBytesAreStillRight() throws IOException {
        rig.broker().originServes(RESOURCE, FILE);
        rig.read(RESOURCE);

        var second = rig.fetcher().fetch(RESOURCE, Map.of());

        assertThat(second).isInstanceOf(Held.class);
        assertThat(rig.broker().calls(RESOURCE)).hasSize(2);
        assertThat(rig.broker().calls(RESOURCE).getLast().field("If-None-Match")).contains(FILE.etag());
    }

    @Test
    void fetchesTheNextVersionWhenTheStoredOneIsNoLongerRight() throws IOException {
        rig.broker().originServes(RESOURCE, FILE);
        rig.read(RESOURCE);
        rig.broker().originServes(RESOURCE, NEXT_VERSION);

        assertThat(rig.read(RESOURCE)).isEqualTo(NEXT_VERSION.bytes());
        assertThat(rig.fetcher().fetch(RESOURCE, Map.of())).isInstanceOf(Held.class);
        assertThat(rig.read(RESOURCE)).isEqualTo(NEXT_VERSION.bytes());
    }

    @Test
    void needsNoPeerForADigestThatItHoldsUnderAnotherName() throws IOException {
        rig.broker().originServes("/old-name", FILE);
        rig.read("/old-name");
        redirectToPeer();

        assertThat(rig.fetcher().fetch(RESOURCE, Map.of())).isInstanceOf(Held.class);
        assertThat(peer.calls()).isEmpty();
    }

    @Test
    void doesNotBelieveItsMemoryOfABlobThatWasEvicted() throws IOException {
        rig.broker().originServes(RESOURCE, FILE);
        rig.read(RESOURCE);
        rig.store().begin(200L << 20).close();

        assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes());
        assertThat(rig.broker().calls(RESOURCE).getLast().field("If-None-Match")).isEmpty();
    }

    @Test
    void letsASecondRequestJoinTheTransferThatRuns() throws IOException {
        var gate = new CountDownLatch(1);
        peer.script(call -> servePausedBy(gate, call));
        redirectToPeer();
        var first = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));

        var second = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));

        assertThat(second.transfer()).isSameAs(first.transfer());
        gate.countDown();
        assertThat(rig.copy(RESOURCE, second)).isEqualTo(FILE.bytes());
        assertThat(rig.copy(RESOURCE, first)).isEqualTo(FILE.bytes());
        assertThat(peer.calls()).hasSize(1);
        assertThat(rig.broker().calls(RESOURCE)).hasSize(1);
    }

    /** All of them are told by the broker where to go before any has begun. */
    @Test
    void takesBytesOnceForRequestsThatComeAtTheSameMoment() throws Exception {
        int requests = 4;
        var atTheBroker = new CyclicBarrier(requests);
        rig.broker().registry().know(FILE);
        rig.broker().on(RESOURCE, call -> {
            meet(atTheBroker);
            call.answer(302, new byte[0], "Location: " + peer.url("/x"),
                    "Target-Repr-Digest: " + DigestField.format(FILE.digest()));
        });
        var gate = new CountDownLatch(1);
        peer.script(call -> servePausedBy(gate, call));
        var fetched = new ArrayList<Running>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var fetches = new ArrayList<Callable<Fetched>>();
            for (int i = 0; i < requests; i++) {
                fetches.add(() -> rig.fetcher().fetch(RESOURCE, Map.of()));
            }
            for (var done : threads.invokeAll(fetches)) {
                fetched.add(FetchRig.running(done.get()));
            }
        }
        gate.countDown();

        for (var running : fetched) {
            assertThat(rig.copy(RESOURCE, running)).isEqualTo(FILE.bytes());
        }
        assertThat(peer.calls()).hasSize(1);
        assertThat(rig.store().usedBytes()).isEqualTo(FILE.size());
    }

    @Test
    void hangsUpOnTheOriginWhereAnotherRequestOfTheSameMomentWasFirst() throws Exception {
        var large = Content.of(16 << 20, 3); // more than fits into buffers, so that a body nobody reads holds its sender
        var atTheBroker = new CyclicBarrier(2);
        var sent = new CountDownLatch(2);
        rig.broker().on(RESOURCE, call -> {
            meet(atTheBroker);
            try {
                Scripts.serving(large, FakeBroker.SHAREABLE).answer(call);
            } finally {
                sent.countDown();
            }
        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<byte[]> read = () -> rig.read(RESOURCE);
            for (var done : threads.invokeAll(List.of(read, read))) {
                assertThat(Arrays.equals(done.get(), large.bytes())).isTrue();
            }
        }

        assertThat(sent.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(rig.store().usedBytes()).isEqualTo(large.size());
    }

    private static void meet(CyclicBarrier barrier) throws IOException {
        try {
            barrier.await(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Test
    void passesWhatTheOriginDoesNotLabelShareable() throws IOException {
        rig.broker().on(RESOURCE, Scripts.serving(FILE, "Fingerpost-Label: not-public"));

        assertThat(FetchRig.passed(rig.fetcher().fetch(RESOURCE, Map.of()))).isEqualTo(FILE.bytes());
        assertThat(rig.store().count()).isZero();
    }

    @Test
    void passesErrorsWithTheirBodies() throws IOException {
        rig.broker().on("/500", call -> call.answer(500, "oh dear".getBytes(StandardCharsets.UTF_8),
                FakeBroker.SHAREABLE));

        assertThat(FetchRig.passed(rig.fetcher().fetch("/none", Map.of()))).asString()
                .isEqualTo("the origin has no such page");
        assertThat(FetchRig.passed(rig.fetcher().fetch("/500", Map.of()))).asString().isEqualTo("oh dear");
        assertThat(rig.store().count()).isZero();
    }

    @Test
    void passesARedirectOfTheOriginsOwn() throws IOException {
        rig.broker().on(RESOURCE, call -> call.answer(302, new byte[0], "Location: /elsewhere"));

        assertThat(rig.fetcher().fetch(RESOURCE, Map.of())).isInstanceOfSatisfying(Passed.class,
                passed -> assertThat(passed.answer().headers().firstValue("Location")).contains("/elsewhere"));
    }

    /** The broker may label more than this version understands; the file itself must come through all the same. */
    @Test
    void passesWhatHasFieldsThatCannotBeReplayed() throws IOException {
        rig.broker().on(RESOURCE, Scripts.serving(FILE, FakeBroker.SHAREABLE,
                "Content-Disposition: attachment; filename=" + "x".repeat(5_000)));

        assertThat(FetchRig.passed(rig.fetcher().fetch(RESOURCE, Map.of()))).isEqualTo(FILE.bytes());
    }

    @Test
    void passesTheOriginsBytesWhenTheRegistryKnowsNoPieces() throws IOException {
        rig.broker().on(RESOURCE, call -> {
            if (call.field("Cache-Control").isPresent()) {
                Scripts.serving(FILE).answer(call);
            } else {
                call.answer(302, new byte[0], "Location: " + peer.url("/x"),
                        "Target-Repr-Digest: " + DigestField.format(FILE.digest()));
            }
        });

        assertThat(FetchRig.passed(rig.fetcher().fetch(RESOURCE, Map.of()))).isEqualTo(FILE.bytes());
        assertThat(peer.calls()).isEmpty();
    }

    @Test
    void isHonestAboutAnOriginThatBreaksOff() throws IOException {
        rig.broker().on(RESOURCE, call -> {
            call.head(200, "Content-Length: " + FILE.size() + "\r\n" + FakeBroker.SHAREABLE + "\r\nETag: "
                    + FILE.etag());
            call.send(FILE.part(0, PIECE));
            call.pause(Duration.ofMillis(100));
        });

        var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));

        assertThatThrownBy(() -> FetchRig.drain(running)).isInstanceOf(IOException.class);
        assertThat(rig.store().count()).isZero();
    }

    @Test
    void finishesFromTheOriginWhatTheOriginBrokeOff() throws IOException {
        rig.broker().on(RESOURCE, call -> {
            if (call.field("Range").isPresent()) {
                Scripts.serving(FILE).answer(call);
                return;
            }
            call.head(200, "Content-Length: " + FILE.size() + "\r\n" + FakeBroker.SHAREABLE + "\r\nETag: "
                    + FILE.etag());
            call.send(FILE.part(0, PIECE));
            call.pause(Duration.ofMillis(100));
        });

        assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes());
        assertThat(rig.broker().calls(RESOURCE).getLast().field("If-Range")).contains(FILE.etag());
    }

    @Test
    void storesNothingThatDiffersFromTheDigestThatWasAnnounced() throws IOException {
        rig.broker().on(RESOURCE, Scripts.serving(FILE, FakeBroker.SHAREABLE,
                "Repr-Digest: " + DigestField.format(NEXT_VERSION.digest())));

        var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));

        assertThatThrownBy(() -> FetchRig.drain(running)).isInstanceOf(IOException.class)
                .hasMessageContaining("digest");
        assertThat(rig.store().count()).isZero();
    }

    @Test
    void failsClearlyWhenTheOriginHasAnotherVersionMidway() throws IOException {
        peer.script(truncatedAfter(PIECE + 10));
        rig.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")),
                Scripts.serving(NEXT_VERSION, FakeBroker.SHAREABLE));
        var out = new ByteArrayOutputStream();

        var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));

        assertThatThrownBy(() -> rig.fetcher().copy(RESOURCE, running, out)).isInstanceOf(IOException.class)
                .hasMessageContaining("version");
        assertThat(out.toByteArray()).as("never a mixture").isEqualTo(FILE.part(0, out.size() - 1));
        assertThat(rig.store().count()).isZero();
    }

    @Test
    void refusesAnOriginThatLiesAboutItsVersion() throws IOException {
        peer.script(truncatedAfter(PIECE + 10));
        var impostor = new Content(NEXT_VERSION.bytes(), FILE.representation());
        rig.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")), Scripts.serving(impostor));

        var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));

        assertThatThrownBy(() -> FetchRig.drain(running)).isInstanceOf(IOException.class)
                .hasMessageContaining("corrupt");
        assertThat(rig.store().count()).isZero();
    }

    @Test
    void refusesATailThatIsAnotherRangeThanTheOneMissing() throws IOException {
        rig.broker().on(RESOURCE, call -> {
            if (call.field("Range").isPresent()) {
                call.answer(206, FILE.from(5), "ETag: " + FILE.etag(),
                        "Content-Range: bytes 5-" + (FILE.size() - 1) + "/" + FILE.size());
                return;
            }
            call.head(200, "Content-Length: " + FILE.size() + "\r\n" + FakeBroker.SHAREABLE + "\r\nETag: "
                    + FILE.etag());
            call.send(FILE.part(0, PIECE));
            call.pause(Duration.ofMillis(100));
        });
        var out = new ByteArrayOutputStream();

        var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));

        assertThatThrownBy(() -> rig.fetcher().copy(RESOURCE, running, out)).isInstanceOf(IOException.class);
        assertThat(out.toByteArray()).isEqualTo(FILE.part(0, out.size() - 1));
    }

    @Test
    void confirmsAStoredBlobWithoutItsBytes() throws IOException {
        rig.broker().originServes(RESOURCE, FILE);
        assertThat(rig.fetcher().revalidated(RESOURCE)).as("nothing is stored yet").isEmpty();
        rig.read(RESOURCE);

        assertThat(rig.fetcher().revalidated(RESOURCE)).isPresent();
        assertThat(rig.broker().calls(RESOURCE).getLast().method()).isEqualTo("HEAD");

        rig.broker().originServes(RESOURCE, NEXT_VERSION);
        assertThat(rig.fetcher().revalidated(RESOURCE)).isEmpty();
    }

    @Test
    void saysThatTheBrokerDoesNotAnswer() {
        rig.broker().stop();

        assertThatThrownBy(() -> rig.fetcher().fetch(RESOURCE, Map.of())).isInstanceOf(IOException.class);
    }

    @Test
    void beginsAnewAfterATransferThatFailed() throws IOException {
        peer.script(truncatedAfter(PIECE));
        rig.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")), call -> call.answer(500, new byte[0]));
        var failed = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));
        assertThatThrownBy(() -> FetchRig.drain(failed)).isInstanceOf(IOException.class);
        peer.script(Scripts.serving(FILE));

        Awaitility.await().untilAsserted(() -> assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes()));
    }

    /** Nobody was promised anything yet: then the origin speaks for itself, with another version or with its error. */
    @Test
    void passesOnWhatTheOriginSaysWhenThePeersHadNoByte() throws IOException {
        peer.script(Call::reset);
        rig.broker().redirects(RESOURCE, FILE, List.of(peer.url("/x")), call -> call.answer(500, new byte[0]));

        assertThat(rig.fetcher().fetch(RESOURCE, Map.of())).isInstanceOf(Fetched.Passed.class);
    }

    /** The first piece at once, so that the transfer begins, and the others when the gate opens. */
    private static void servePausedBy(CountDownLatch gate, Call call) throws IOException {
        call.head(200, "Content-Length: " + FILE.size());
        call.send(FILE.part(0, PIECE - 1));
        call.awaitGate(gate);
        call.send(FILE.part(PIECE, FILE.size() - 1));
    }

    private static ScriptedServer.Script truncatedAfter(int count) {
        return call -> {
            call.head(200, "Content-Length: " + FILE.size());
            call.send(FILE.part(0, count - 1));
            call.pause(Duration.ofMillis(100));
        };
    }
}
