package io.fingerpost.registry.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.RepresentationHasher;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.api.EndpointProof;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.admission.AddressPolicy;
import io.fingerpost.registry.admission.EndpointDialler;
import io.fingerpost.registry.admission.EndpointProver;
import io.fingerpost.registry.admission.Route;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.store.Admission;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.upload.Uploads;
import io.fingerpost.testing.RawServer;
import io.fingerpost.testing.TestPeer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real peers on loopback that keep their word, or do not. */
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD) // who waits for a socket hears no interrupt
class NetworkProbesTest {
    private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final byte[] CONTENT = content(600_000);
    private static final Representation HELD = held(CONTENT);
    /** Of three; as long as all but the last. */
    private static final int PIECE = 1;

    private final TestPeer keys = new TestPeer();
    private final EndpointDialler dialler = new EndpointDialler(new AddressPolicy(List.of("127.0.0.0/8")), PATIENCE);
    private final NetworkProbes probes = new NetworkProbes(new EndpointProver(dialler), dialler, PATIENCE,
            () -> false, InstantSource.system());

    /** How a peer answers for a piece. */
    private interface Serving {
        void serve(OutputStream out) throws IOException, InterruptedException;
    }

    private static byte[] content(int length) {
        var content = new byte[length];
        new Random(7).nextBytes(content);
        return content;
    }

    private static Representation held(byte[] content) {
        var hasher = new RepresentationHasher(new PieceLayout(content.length));
        hasher.update(ByteBuffer.wrap(content));
        return hasher.finish(new ReplayedHeaders(Map.of()));
    }

    /** A peer that proves itself and serves as it likes. */
    private RawServer peerServer(Serving serving) {
        var own = new CompletableFuture<List<PeerEndpoint>>();
        var server = peerServer(own, serving);
        own.complete(List.of(server.endpoint()));
        return server;
    }

    /** @param own all endpoints of the peer */
    private RawServer peerServer(CompletableFuture<List<PeerEndpoint>> own, Serving serving) {
        return RawServer.answering((target, out) -> {
            if (EndpointProof.isPath(target)) {
                byte[] proof = keys.sign(EndpointProof.message(EndpointProof.nonce(target),
                        keys.registration(own.join())));
                out.write(RawServer.response("200 OK",
                        Base64.getUrlEncoder().withoutPadding().encodeToString(proof)));
            } else if (isForUs(target)) {
                serving.serve(out);
            } else {
                out.write(RawServer.response("403 Forbidden", ""));
            }
        });
    }

    private TicketKey ticketKey() {
        return TicketKey.derive(new byte[32], keys.id());
    }

    private boolean isForUs(String target) {
        String prefix = NiPath.of(HELD.digest()) + "?t=";
        return target.startsWith(prefix) && ticketKey().check(target.substring(prefix.length()), HELD.digest(),
                Instant.now()) == TicketKey.Verdict.VALID;
    }

    private Peer at(PeerEndpoint endpoint, InetAddress address) {
        return at(List.of(new Route(endpoint, List.of(address))));
    }

    private Peer at(List<Route> routes) {
        var registration = keys.registration(routes.stream().map(Route::endpoint).toList());
        var admission = new Admission(registration, false, "", HELD.digest(), LOOPBACK, routes, Instant.now());
        return new Peer(keys.id(), admission, ticketKey(), new Place(0, 7, 0, 0), new Uploads(TestPeer.BUDGET, 0),
                Instant.now().plusSeconds(3600), Reachability.YES);
    }

    private Outcome fetch(Serving serving) {
        try (var server = peerServer(serving)) {
            return probes.fetch(at(server.endpoint(), LOOPBACK), HELD, PIECE);
        }
    }

    private static void part(OutputStream out, byte[] bytes) throws IOException {
        int start = (int) HELD.layout().offset(PIECE);
        out.write(RawServer.ascii("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes " + start + "-"
                + (start + HELD.layout().length(PIECE) - 1) + "/" + HELD.size() + "\r\ncontent-length: "
                + HELD.layout().length(PIECE) + "\r\n\r\n"));
        out.write(bytes);
    }

    private static byte[] piece() {
        int start = (int) HELD.layout().offset(PIECE);
        return Arrays.copyOfRange(CONTENT, start, start + HELD.layout().length(PIECE));
    }

    @Test
    void anHonestPeerGivesThePieceForATicket() {
        assertThat(fetch(out -> part(out, piece()))).isEqualTo(new Outcome.Genuine());
    }

    /** Clients are sent to each of them, so what is wrong at one is wrong with the peer. */
    @Test
    void allRoutesOfAPeerAreProbed() {
        var own = new CompletableFuture<List<PeerEndpoint>>();
        try (var good = peerServer(own, out -> part(out, piece()))) {
            PeerEndpoint second;
            Peer peer;
            try (var bad = peerServer(own, out -> part(out, new byte[HELD.layout().length(PIECE)]))) {
                second = bad.endpoint();
                own.complete(List.of(good.endpoint(), second));
                peer = at(own.join().stream().map(endpoint -> new Route(endpoint, List.of(LOOPBACK))).toList());

                assertThat(probes.prove(peer)).isEqualTo(new Outcome.Proved(false));
                assertThat(probes.fetch(peer, HELD, PIECE)).isEqualTo(new Outcome.Corrupt(HELD.digest(), PIECE));
            }
            assertThat(probes.prove(peer)).isInstanceOfSatisfying(Outcome.Unreachable.class,
                    gone -> {
                        assertThat(gone.tried()).startsWith("tried " + second);
                        assertThat(gone.isPartial()).isTrue();
                    });
        }
    }

    /** Nobody clears himself by one door while he keeps another shut. */
    @Test
    void aRouteThatIsFullHidesBehindNoOther() {
        var own = new CompletableFuture<List<PeerEndpoint>>();
        try (var full = peerServer(own, out -> out.write(RawServer.ascii(
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n")));
                var good = peerServer(own, out -> part(out, piece()))) {
            own.complete(List.of(full.endpoint(), good.endpoint()));
            Peer peer = at(own.join().stream().map(endpoint -> new Route(endpoint, List.of(LOOPBACK))).toList());

            assertThat(probes.fetch(peer, HELD, PIECE)).isEqualTo(new Outcome.Full());
        }
    }

    @Test
    void oneFlippedBitIsWrongBytes() {
        byte[] spoilt = piece();
        spoilt[spoilt.length / 2] ^= 1;

        assertThat(fetch(out -> part(out, spoilt))).isEqualTo(new Outcome.Corrupt(HELD.digest(), PIECE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"404 Not Found", "410 Gone"})
    void whatIsNotThereIsMissing(String status) {
        assertThat(fetch(out -> out.write(RawServer.response(status, "gone"))))
                .isEqualTo(new Outcome.Missing(HELD.digest()));
    }

    @Test
    void aFullPeerSaysSoAndWhenToComeAgain() {
        assertThat(fetch(out -> out.write(RawServer.ascii(
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\n\r\n"))))
                .isEqualTo(new Outcome.Full());
    }

    @ParameterizedTest
    @CsvSource({
            "503 Service Unavailable, 503", "403 Forbidden, 403", "302 Found, 302", "500 Oops, 500", "nonsense, 0"})
    void otherAnswersAreFailures(String status, int number) {
        assertThat(fetch(out -> out.write(RawServer.response(status, ""))))
                .isEqualTo(new Outcome.Failing("asked it for a piece: it answered with status " + number));
    }

    @Test
    void whoSendsSomethingElseThanIsAskedForFails() {
        assertThat(fetch(out -> out.write(RawServer.response("200 OK", "all of it"))))
                .isEqualTo(new Outcome.Failing("asked it for a piece: it ignores the range that is asked for"));
        assertThat(fetch(out -> out.write(RawServer.ascii(
                "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/600000\r\nContent-Length: 2\r\n\r\nxx"))))
                .isEqualTo(new Outcome.Failing("asked it for a piece: it sends another range than the one asked for"));
    }

    @Test
    void whoBreaksOffFails() {
        assertThat(fetch(out -> part(out, Arrays.copyOf(piece(), 1000)))).isInstanceOf(Outcome.Failing.class)
                .extracting(Outcome::tag).isEqualTo("failing");
    }

    @Test
    void whoDripsFails() {
        long start = System.nanoTime();
        var outcome = fetch(out -> {
            part(out, new byte[0]);
            drip(out);
        });

        assertThat(outcome).isInstanceOf(Outcome.Failing.class);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).as("64 KiB a second are expected, and asked for")
                .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(9));
    }

    private static void drip(OutputStream out) throws IOException, InterruptedException {
        var never = new CountDownLatch(1);
        for (byte each : piece()) {
            out.write(each);
            out.flush();
            never.await(50, TimeUnit.MILLISECONDS);
        }
    }

    @Test
    void aDeadPeerCannotBeReached() throws IOException {
        int port;
        try (var listener = new ServerSocket(0, 1, LOOPBACK)) {
            port = listener.getLocalPort();
        }
        var peer = at(new PeerEndpoint("http", "127.0.0.1", port), LOOPBACK);

        for (var outcome : List.of(probes.prove(peer), probes.fetch(peer, HELD, PIECE))) {
            assertThat(outcome).isInstanceOfSatisfying(Outcome.Unreachable.class, gone -> {
                assertThat(gone.tried()).contains("tried http://127.0.0.1:" + port, "refused");
                assertThat(gone.advice()).contains("open that port");
            });
        }
    }

    @Test
    void aPeerThatIsThereProvesIt() {
        try (var server = peerServer(_ -> {})) {
            assertThat(probes.prove(at(server.endpoint(), LOOPBACK))).isEqualTo(new Outcome.Proved(false));
        }
    }

    @Test
    void somebodyElseAtTheEndpointIsNoPeer() {
        try (var server = RawServer.answering((_, out) -> out.write(RawServer.response("200 OK", "welcome")))) {
            var peer = at(server.endpoint(), LOOPBACK);

            assertThat(probes.prove(peer)).isInstanceOf(Outcome.Disowned.class);
            assertThat(probes.fetch(peer, HELD, PIECE)).as("it is not the peer that fails")
                    .isInstanceOf(Outcome.Disowned.class);
        }
    }

    @Test
    void aPeerAtAnotherAddressHasMoved() throws IOException {
        var before = InetAddress.getByName("127.0.0.9");
        try (var server = peerServer(out -> part(out, piece()))) {
            var moved = new Outcome.Disowned("its name resolves to another address now");

            assertThat(probes.prove(at(server.endpoint(), before))).isEqualTo(moved);
            assertThat(probes.fetch(at(server.endpoint(), before), HELD, PIECE)).isEqualTo(moved);
        }
    }

    @Test
    void anAddressThatMayNotBeDialledAnyMoreIsNoPeers() {
        var strict = new EndpointDialler(new AddressPolicy(List.of()), PATIENCE);
        var strictProbes = new NetworkProbes(new EndpointProver(strict), strict, PATIENCE, () -> false,
                InstantSource.system());
        try (var server = peerServer(out -> part(out, piece()))) {
            var peer = at(server.endpoint(), LOOPBACK);

            assertThat(strictProbes.prove(peer)).isInstanceOf(Outcome.Disowned.class);
            assertThat(strictProbes.fetch(peer, HELD, PIECE)).isInstanceOf(Outcome.Disowned.class);
            assertThat(server.calls()).isZero();
        }
    }

    @Test
    void aSmallRepresentationMayComeWhole() {
        byte[] small = content(1000);
        var whole = held(small);
        try (var server = RawServer.answering((_, out) -> {
            out.write(RawServer.ascii("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
            out.write(small);
        })) {
            assertThat(probes.fetch(at(server.endpoint(), LOOPBACK), whole, 0)).isEqualTo(new Outcome.Genuine());
        }
        assertThat(Sha256.digestOf(small)).isEqualTo(whole.digest());
    }
}
