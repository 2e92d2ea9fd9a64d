package io.fingerpost.agent.fetch;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.agent.testing.Call;
import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.FetchRig;
import io.fingerpost.agent.testing.ScriptedServer;
import io.fingerpost.agent.testing.Scripts;
import io.fingerpost.contract.http.DigestField;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Promise 2: whatever a peer does, it costs the client time, never the download, and never a wrong byte (promise 1). */
@Timeout(60)
class FetchDespiteBadPeersIT {
    private static final String RESOURCE = "/maps/desert.pak?v=3";
    /** Six pieces, the last one short. */
    private static final Content FILE = Content.of(6 * PIECE - 12_345, 1);
    /** Where a peer that is to be left in the middle stops: within the third piece. */
    private static final int MIDDLE = 2 * PIECE + 100_001;

    @RegisterExtension
    private final FetchRig rig = FetchRig.patient();
    @RegisterExtension
    private final ScriptedServer bad = new ScriptedServer(Call::reset);
    @RegisterExtension
    private final ScriptedServer good = new ScriptedServer(Scripts.serving(FILE));
    @RegisterExtension
    private final ScriptedServer truncating = new ScriptedServer(call -> {
        call.head(200, "Content-Length: " + FILE.size());
        call.send(FILE.part(0, MIDDLE - 1));
    });

    private static URI peer(ScriptedServer server) {
        return server.url("/.well-known/ni/sha-256/" + FILE.digest() + "?t=ticket");
    }

    private void redirectTo(ScriptedServer... peers) {
        rig.broker().redirects(RESOURCE, FILE, List.of(peers).stream().map(FetchDespiteBadPeersIT::peer).toList());
    }

    /** Where the first request to {@code server} was to begin. */
    private static int rangeStart(ScriptedServer server) {
        String range = server.calls().getFirst().field("Range").orElseThrow();
        assertThat(range).matches("bytes=\\d+-");
        return Integer.parseInt(range.replaceAll("\\D", ""));
    }

    private void assertStored() throws IOException {
        assertThat(rig.store().find(FILE.digest())).isPresent();
        assertThat(rig.store().find(FILE.digest()).orElseThrow().representation()).isEqualTo(FILE.representation());
    }

    @ParameterizedTest
    @EnumSource
    void takesAllFromTheNextPeer(Misbehaviour misbehaviour) throws IOException {
        bad.script(misbehaviour.script(FILE));
        redirectTo(bad, good);

        var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));

        assertThat(FetchRig.drain(running)).isEqualTo(FILE.bytes());
        assertStored();
        assertThat(bad.calls()).isNotEmpty();
        assertThat(good.calls()).hasSize(1);
        assertThat(rig.broker().originCalls(RESOURCE)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void goesOnElsewhereWhenAPeerFailsThatWasToContinue(Misbehaviour misbehaviour) throws IOException {
        bad.script(misbehaviour.script(FILE));
        redirectTo(truncating, bad, good);

        var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));

        assertThat(FetchRig.drain(running)).isEqualTo(FILE.bytes());
        assertStored();
        assertThat(rangeStart(bad)).isBetween(2 * PIECE, MIDDLE);
        assertThat(good.calls()).hasSize(1);
        assertThat(rig.broker().originCalls(RESOURCE)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void endsAtTheOriginWhenNoPeerIsLeft(Misbehaviour misbehaviour) throws IOException {
        bad.script(misbehaviour.script(FILE));
        redirectTo(bad);

        var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));

        assertThat(FetchRig.drain(running)).isEqualTo(FILE.bytes());
        assertStored();
        assertThat(rig.broker().originCalls(RESOURCE)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void tellsOfThePeerThatFailedUnlessItWasJustFull(Misbehaviour misbehaviour) throws IOException {
        bad.script(misbehaviour.script(FILE));
        redirectTo(bad, good);

        rig.read(RESOURCE);

        if (misbehaviour == Misbehaviour.ANSWERS_503) {
            assertThat(rig.failures()).isEmpty();
        } else {
            assertThat(rig.failures()).singleElement().asString().endsWith(" " + peer(bad).getRawAuthority());
        }
    }

    @Test
    void tellsWhichPieceWasWrong() throws IOException {
        bad.script(Misbehaviour.SWAPS_TWO_PIECES.script(FILE));
        redirectTo(bad, good);

        rig.read(RESOURCE);

        assertThat(rig.failures()).containsExactly("digest 3 " + peer(bad).getRawAuthority());
    }

    @Test
    void tellsOfAPeerThatRefusesConnections() throws IOException {
        bad.stop();
        redirectTo(bad, good);

        rig.read(RESOURCE);

        assertThat(rig.failures()).containsExactly("connect 0 " + peer(bad).getRawAuthority());
    }

    /** The second peer goes on in a piece that the first has spoilt; then it sends all of it, and that is right. */
    @Test
    void blamesNobodyForWhatAnotherMayHaveSpoilt() throws IOException {
        bad.script(call -> {
            call.head(200, "Content-Length: " + FILE.size());
            call.send(FILE.part(0, PIECE - 1));
            call.send(new byte[1000]);
        });
        redirectTo(bad, good);

        assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes());

        // In which piece it ended depends on what the system threw away with the connection.
        assertThat(rig.failures()).singleElement().asString()
                .matches("short [01] " + Pattern.quote(peer(bad).getRawAuthority()));
    }

    @Test
    void takesAllFromOnePeerThatBehaves() throws IOException {
        redirectTo(good);

        assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes());

        assertStored();
        var call = good.calls().getFirst();
        assertThat(call.target()).isEqualTo("/.well-known/ni/sha-256/" + FILE.digest() + "?t=ticket");
        assertThat(call.field("Range")).isEmpty();
        assertThat(call.field("Accept-Encoding")).contains("identity");
        assertThat(rig.broker().originCalls(RESOURCE)).isEmpty();
    }

    @Test
    void leavesAPeerThatRefusesConnections() throws IOException {
        bad.stop();
        redirectTo(bad, good);

        assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes());
        assertThat(good.calls()).hasSize(1);
    }

    @Test
    void asksTheNextSourceForExactlyWhatIsMissing() throws IOException {
        letTruncatedBytesBeRead();
        redirectTo(truncating, good);

        assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes());

        assertThat(rangeStart(good)).isEqualTo(MIDDLE);
    }

    @Test
    void asksTheOriginForExactlyWhatIsMissing() throws IOException {
        letTruncatedBytesBeRead();
        redirectTo(truncating);

        assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes());

        var call = rig.broker().originCalls(RESOURCE).getFirst();
        assertThat(call.field("Range")).contains("bytes=" + MIDDLE + "-");
        assertThat(call.field("If-Range")).contains(FILE.etag());
    }

    /** The HTTP client drops what it has received but not passed on when a connection breaks, so that waits a little. */
    private void letTruncatedBytesBeRead() {
        truncating.script(call -> {
            call.head(200, "Content-Length: " + FILE.size());
            call.send(FILE.part(0, MIDDLE - 1));
            call.pause(Duration.ofMillis(700));
        });
    }

    @Test
    void neverFollowsARedirectOfAPeer() throws IOException {
        bad.script(call -> call.answer(302, new byte[0], "Location: " + peer(good)));
        redirectTo(bad);

        assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes());

        assertThat(good.calls()).isEmpty();
    }

    @Test
    void takesWhatIsMissingOutOfAWholeAnswerToARangeRequest() throws IOException {
        good.script(Scripts.servingOnlyWhole(FILE));
        redirectTo(truncating, good);

        assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes());

        assertThat(good.calls()).hasSize(1);
        assertThat(rig.broker().originCalls(RESOURCE)).isEmpty();
    }

    @Test
    void takesWhatIsMissingFromAnOriginWithoutRanges() throws IOException {
        rig.broker().redirects(RESOURCE, FILE, List.of(peer(truncating)), Scripts.servingOnlyWhole(FILE));

        assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes());
        assertStored();
    }

    @Test
    void stopsReadingAPeerThatDoesNotStopSending() throws IOException {
        bad.script(call -> {
            call.head(200, "ETag: " + FILE.etag());
            call.send(FILE.bytes());
            call.send(FILE.bytes());
        });
        redirectTo(bad);

        assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes());
        assertStored();
    }

    @Test
    void showsReadersNoByteOfAPieceThatProvedWrong() throws IOException {
        var gate = new CountDownLatch(1);
        bad.script(Scripts.serving(FILE, _ -> FILE.withWrongBitAt(3 * PIECE + 7)));
        good.script(call -> {
            call.awaitGate(gate);
            Scripts.serving(FILE).answer(call);
        });
        redirectTo(bad, good);

        var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));
        Awaitility.await().until(() -> !good.calls().isEmpty());

        assertThat(good.calls().getFirst().field("Range")).contains("bytes=" + 3 * PIECE + "-");
        assertThat(running.transfer().available()).isEqualTo(3 * PIECE);
        var seen = ByteBuffer.allocate(FILE.size());
        while (running.reader().position() < 3 * PIECE) {
            running.reader().read(seen.limit(FILE.size()));
        }
        assertThat(Arrays.copyOf(seen.array(), 3 * PIECE)).isEqualTo(FILE.part(0, 3 * PIECE - 1));

        gate.countDown();
        assertThat(FetchRig.drain(running)).isEqualTo(FILE.from(3 * PIECE));
    }

    @Test
    void showsPiecesWhileLaterOnesAreStillToCome() throws IOException {
        var gate = new CountDownLatch(1);
        good.script(call -> {
            call.head(200, "Content-Length: " + FILE.size());
            call.send(FILE.part(0, PIECE + 10));
            call.awaitGate(gate);
            call.send(FILE.from(PIECE + 11));
        });
        redirectTo(good);

        var running = FetchRig.running(rig.fetcher().fetch(RESOURCE, Map.of()));

        Awaitility.await().until(() -> running.transfer().available() == PIECE);
        gate.countDown();
        assertThat(FetchRig.drain(running)).isEqualTo(FILE.bytes());
    }

    @Test
    void survivesLocationsThatAreNoPeersUrl() throws IOException {
        rig.broker().registry().know(FILE);
        rig.broker().on(RESOURCE, call -> {
            if (call.field("Cache-Control").isPresent()) {
                Scripts.serving(FILE).answer(call);
                return;
            }
            call.answer(302, new byte[0], "Location: http://[broken/",
                    "Target-Repr-Digest: " + DigestField.format(FILE.digest()),
                    "Link: <file:///etc/passwd>; rel=duplicate; pri=1", "Link: <//evil>; rel=duplicate; pri=2",
                    "Link: <" + peer(good) + ">; rel=duplicate; pri=3");
        });

        assertThat(rig.read(RESOURCE)).isEqualTo(FILE.bytes());
        assertThat(good.calls()).hasSize(1);
    }
}
