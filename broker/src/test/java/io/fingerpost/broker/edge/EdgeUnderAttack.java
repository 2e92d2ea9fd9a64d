package io.fingerpost.broker.edge;

import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.FakePeer;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import io.fingerpost.contract.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A broker and its origin, for tests that send them what no honest client would. The origin gives every request the same answer,
 * which may be shared.
 */
final class EdgeUnderAttack implements BeforeEachCallback, AfterEachCallback, AutoCloseable {
    /** A field that must never come to be. */
    static final String INJECTED = "X-Injected";

    private static final String BODY = "x".repeat(5000);

    private final String[] settings;
    private Path folder;
    private RawOrigin origin;
    private BrokerFixture broker;

    /** @param settings of the broker, `key=value` */
    EdgeUnderAttack(String... settings) {
        this.settings = settings.clone();
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        open();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        close();
    }

    EdgeUnderAttack open() throws IOException {
        folder = Files.createTempDirectory("edge-under-attack");
        origin = RawOrigin.answering("HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nETag: \"v1\"\r\n"
                + "Content-Length: 5000\r\n\r\n" + BODY);
        broker = new BrokerFixture(folder, origin.url(), settings);
        return this;
    }

    RawOrigin origin() {
        return origin;
    }

    BrokerFixture broker() {
        return broker;
    }

    /** The answer to a request with these lines, on a connection that ends with it. */
    String raw(String requestLine, String... fields) throws IOException {
        return RawClient.exchange(broker.edge(), requestLine + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + String.join("", Arrays.stream(fields).map(field -> field + "\r\n").toList()) + "\r\n");
    }

    /** A peer that clients which verify are sent to for {@code target}. */
    FakePeer holderOf(String target) throws Exception {
        await().pollDelay(Duration.ZERO).until(() -> {
            broker.get(target);
            return broker.decisionOn(target).equals("origin no_holder");
        });
        var digest = Sha256.digestOf(BODY.getBytes(StandardCharsets.US_ASCII));
        return FakePeer.at(broker).holding(broker.representation(digest));
    }

    @Override
    public void close() throws IOException {
        broker.close();
        origin.close();
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
