package io.fingerpost.registry.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.registry.RequestRejected;
import io.fingerpost.testing.RawServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** All on loopback, which the policy allows here. */
@Timeout(value = 20, threadMode = ThreadMode.SEPARATE_THREAD) // who waits for a socket hears no interrupt
class EndpointDiallerTest {
    private static final AddressPolicy LOOPBACK = new AddressPolicy(List.of("127.0.0.0/8"));
    private static final Duration PATIENCE = Duration.ofMillis(300);
    private static final Duration ENOUGH = Duration.ofSeconds(10);

    private final EndpointDialler dialler = new EndpointDialler(LOOPBACK, ENOUGH);
    private final EndpointDialler hastyDialler = new EndpointDialler(LOOPBACK, PATIENCE);

    @Test
    void givesTheBodyOfA200Answer() throws IOException {
        try (var server = RawServer
                .answering((target, out) -> out.write(RawServer.response("200 OK", "hello " + target)))) {
            assertThat(dialler.get(server.endpoint(), "/proof").body()).isEqualTo("hello /proof");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"404 Not Found", "204 No Content", "206 Partial Content", "500 Oops", "2000 OK", "OK 200"})
    void takesNoOtherAnswerForOne(String status) {
        try (var server = RawServer.answering((_, out) -> out.write(RawServer.response(status, "hello")))) {
            assertThatIOException().isThrownBy(() -> dialler.get(server.endpoint(), "/"))
                    .withMessage("the answer was not 200");
        }
    }

    @Test
    void followsNoRedirect() {
        var called = new AtomicReference<>(0);
        try (var victim = RawServer.answering((_, out) -> out.write(RawServer.response("200 OK", "secret")));
                var server = RawServer
                        .answering((_, out) -> out.write(RawServer.ascii("HTTP/1.1 302 Found\r\nLocation: "
                                + victim.endpoint() + "/\r\nContent-Length: 0\r\n\r\n")))) {
            assertThatIOException().isThrownBy(() -> dialler.get(server.endpoint(), "/"))
                    .withMessage("the answer was not 200");
            called.set(victim.calls());
        }

        assertThat(called).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 200 OK\n\nhello"})
    void saysThatAnAnswerWasNotHttp(String answer) {
        try (var server = RawServer.answering((_, out) -> out.write(RawServer.ascii(answer)))) {
            assertThatIOException().isThrownBy(() -> dialler.get(server.endpoint(), "/"))
                    .withMessage("the answer was not HTTP");
        }
    }

    @Test
    void readsNoMoreThanAFewBytesOfAnEndlessBody() throws IOException {
        try (var server = RawServer.answering((_, out) -> {
            out.write(RawServer.ascii("HTTP/1.1 200 OK\r\n\r\n"));
            flood(out, "body ");
        })) {
            assertThat(dialler.get(server.endpoint(), "/").body()).hasSize(256);
        }
    }

    @Test
    void readsNoMoreThanAFewKilobytesOfAnEndlessHeader() throws IOException {
        try (var server = RawServer.answering((_, out) -> {
            out.write(RawServer.ascii("HTTP/1.1 200 OK\r\n"));
            flood(out, "X-Header: y\r\n");
        })) {
            assertThatIOException().isThrownBy(() -> dialler.get(server.endpoint(), "/")).withMessageContaining("head");
        }
    }

    private static void flood(OutputStream out, String text) throws IOException {
        byte[] bytes = RawServer.ascii(text.repeat(100));
        while (true) {
            out.write(bytes);
        }
    }

    @Test
    void givesUpOnASilentEndpoint() {
        var never = new CountDownLatch(1);
        try (var server = RawServer.answering((_, _) -> never.await())) {
            assertGivesUp(server.endpoint());
        }
    }

    @Test
    void givesUpOnAnEndpointThatDoesNotEvenAccept() throws IOException {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertGivesUp(new PeerEndpoint("http", "127.0.0.1", listener.getLocalPort()));
        }
    }

    /** Each byte comes well within the time; all of them together never do. */
    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nX-Slow: ", "HTTP/1.1 200 OK\r\n\r\n"})
    void givesUpOnATrickle(String beginning) {
        try (var server = RawServer.answering((_, out) -> {
            out.write(RawServer.ascii(beginning));
            trickle(out);
        })) {
            assertGivesUp(server.endpoint());
        }
    }

    @Test
    void givesUpOnATlsHandshakeThatTrickles() {
        try (var server = RawServer.greeting((_, out) -> {
            out.write(new byte[] {22, 3, 3, 64, 0}); // a handshake record of 16 KiB, of which a byte comes now and then
            trickle(out);
        })) {
            assertGivesUp(new PeerEndpoint("https", "127.0.0.1", server.port()));
        }
    }

    private static void trickle(OutputStream out) throws IOException, InterruptedException {
        var never = new CountDownLatch(1);
        for (int i = 0; i < 16_384; i++) {
            out.write('x');
            out.flush();
            never.await(PATIENCE.toMillis() / 10, TimeUnit.MILLISECONDS);
        }
    }

    private void assertGivesUp(PeerEndpoint endpoint) {
        long start = System.nanoTime();

        assertThatIOException().isThrownBy(() -> hastyDialler.get(endpoint, "/"))
                .withMessage("no answer within 300 ms");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(PATIENCE, PATIENCE.plusSeconds(5));
    }

    @Test
    void refusesAnEndpointThatSpeaksNoTls() {
        try (var server = RawServer.greeting((_, out) -> out.write(RawServer.response("200 OK", "hello")))) {
            assertThatIOException()
                    .isThrownBy(() -> dialler.get(new PeerEndpoint("https", "127.0.0.1", server.port()), "/"));
        }
    }

    @Test
    void saysThatAPortIsClosed() throws IOException {
        int port;
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = listener.getLocalPort();
        }

        assertThatIOException().isThrownBy(() -> dialler.get(new PeerEndpoint("http", "127.0.0.1", port), "/"))
                .withMessageContaining("refused");
    }

    @Test
    void saysThatANameDoesNotResolve() {
        assertThatIOException().isThrownBy(() -> dialler.get(PeerEndpoint.parse("http://peer.invalid:8080"), "/"))
                .withMessageContaining("does not resolve");
    }

    @Test
    void neverDialsWhatThePolicyRefuses() {
        var strict = new EndpointDialler(new AddressPolicy(List.of()), ENOUGH);
        try (var server = RawServer.answering((_, out) -> out.write(RawServer.response("200 OK", "hello")))) {
            for (String host : List.of("127.0.0.1", "localhost", "[::ffff:127.0.0.1]")) {
                assertThatExceptionOfType(RequestRejected.class)
                        .isThrownBy(() -> strict.get(new PeerEndpoint("http", host, server.port()), "/"))
                        .satisfies(refused -> assertThat(refused.problem().status()).isEqualTo(403))
                        .withMessageContaining("127.0.0.0/8");
            }

            assertThat(server.calls()).isZero();
        }
    }

    @Test
    void neverDialsAPortThatThePolicyRefuses() {
        assertThatExceptionOfType(RequestRejected.class)
                .isThrownBy(() -> dialler.get(PeerEndpoint.parse("http://127.0.0.1:22"), "/"))
                .satisfies(refused -> assertThat(refused.problem().is("endpoint-refused")).isTrue());
    }
}
