package io.fingerpost.broker.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.tls.TestCertificate;
import io.fingerpost.testing.RequiresTool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that take their time so that others have none. */
@Timeout(120)
class SlowClientIT {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final int DRIP_MILLIS = 200;

    @TempDir
    Path data;

    private final ScheduledExecutorService drips = Executors.newScheduledThreadPool(1);
    private final List<Socket> sockets = new ArrayList<>();

    @RegisterExtension
    private final EdgeUnderAttack edge = new EdgeUnderAttack("edge.idle-timeout=2s", "edge.head-timeout=2s",
            "edge.body-timeout=2s", "origin.answer-timeout=2s");

    @AfterEach
    void stop() throws IOException {
        drips.shutdownNow();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private Socket connect(int port) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(20_000);
        sockets.add(socket);
        return socket;
    }

    /** Sends {@code first} at once, and then the same few bytes again and again. */
    private Socket dripping(int port, String first, String drip) throws IOException {
        Socket socket = connect(port);
        socket.getOutputStream().write(first.getBytes(ISO_8859_1));
        drips.scheduleAtFixedRate(() -> {
            try {
                socket.getOutputStream().write(drip.getBytes(ISO_8859_1));
            } catch (IOException e) {
                throw new IllegalStateException("closed, so there is an end to it", e);
            }
        }, DRIP_MILLIS, DRIP_MILLIS, TimeUnit.MILLISECONDS);
        return socket;
    }

    /** Waits for the other side to close, be it after an answer; fails if it does not within the limits that are set. */
    private static String untilClosed(Socket socket) throws IOException {
        var said = new StringBuilder();
        long deadline = System.nanoTime() + LIMIT.multipliedBy(7).toNanos();
        try {
            for (int next = socket.getInputStream().read(); next >= 0; next = socket.getInputStream().read()) {
                said.append((char) next);
                assertThat(System.nanoTime()).isLessThan(deadline);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("still open", e);
        } catch (IOException e) {
            return said.toString(); // by a reset
        }
        assertThat(System.nanoTime()).isLessThan(deadline);
        return said.toString();
    }

    private void assertOthersAreServed() throws IOException {
        assertThat(edge.raw("GET /other")).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"G", "GET /a HTTP/1.1\r\n", "GET /a HTTP/1.1\r\nHost: x\r\nX-Slow: ", "\r\n"})
    void aHeadThatDripsIsCutOff(String beginning) throws IOException {
        try (var slow = dripping(edge.broker().edge().port(), beginning, beginning.isBlank() ? "\r\n" : "x")) {
            assertOthersAreServed();

            assertThat(untilClosed(slow)).doesNotContain("200 OK");
        }
        assertThat(edge.origin().heads()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100000", "Transfer-Encoding: chunked"})
    void aBodyThatDripsIsCutOff(String framing) throws IOException {
        try (var slow = dripping(edge.broker().edge().port(), "POST /a HTTP/1.1\r\nHost: x\r\n" + framing + "\r\n\r\n",
                framing.startsWith("T") ? "1\r\nx\r\n" : "x")) {
            assertOthersAreServed();

            untilClosed(slow);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/.well-known/fingerpost/v1/peers", "/a/../b"})
    void aBodyThatDripsForTheBrokerItselfIsCutOffToo(String path) throws IOException {
        try (var slow = dripping(edge.broker().edge().port(), "POST " + path + " HTTP/1.1\r\nHost: x\r\n"
                + "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n", " ")) {
            assertOthersAreServed();

            untilClosed(slow);
        }
    }

    @Test
    void aBodyThatStopsIsCutOff() throws IOException {
        try (var slow = connect(edge.broker().edge().port())) {
            slow.getOutputStream()
                    .write("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nx".getBytes(ISO_8859_1));

            untilClosed(slow);
        }
    }

    @Test
    void manyIdleConnectionsHoldUpNobodyAndEnd() throws IOException {
        for (int i = 0; i < 500; i++) {
            connect(edge.broker().edge().port());
        }
        for (Socket used : sockets.subList(0, 100)) {
            used.getOutputStream().write("GET /a HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(ISO_8859_1));
        }

        assertOthersAreServed();

        for (Socket socket : sockets) {
            untilClosed(socket);
        }
    }

    /** Neither a handshake that never ends nor a preface that drips keeps a port of TLS. */
    @Test
    @RequiresTool("openssl")
    void aHandshakeThatDripsIsCutOff() throws IOException {
        var certificate = TestCertificate.in(data, "edge");
        try (var secure = new EdgeUnderAttack("edge.idle-timeout=2s", "edge.head-timeout=2s",
                "edge.tls.listen=127.0.0.1:0", "edge.tls.certificate=" + certificate.certificate(),
                "edge.tls.key=" + certificate.key()).open()) {
            int port = secure.broker().edgeTls().port();
            var silent = connect(port);
            var slow = dripping(port, "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003", "x");
            assertThat(secure.raw("GET /other")).startsWith("HTTP/1.1 200 ");

            untilClosed(silent);
            untilClosed(slow);
        }
    }
}
