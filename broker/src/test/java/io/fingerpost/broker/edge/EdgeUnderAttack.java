package io.fingerpost.broker.edge;

import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.BrokerFixture;
import io.fingerpost.broker.FakePeer;
import io.fingerpost.broker.RawClient;
import io.fingerpost.broker.RawOrigin;
import io.fingerpost.contract.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/** A broker and its origin, for tests that send them what no honest client would. */
record EdgeUnderAttack(RawOrigin origin, BrokerFixture broker) implements AutoCloseable {
    /** A field that must never come to be. */
    static final String INJECTED = "X-Injected";

    private static final String BODY = "x".repeat(5000);

    /** One with an origin that gives every request the same answer, which may be shared. */
    static EdgeUnderAttack start(Path data, String... settings) throws IOException {
        var origin = RawOrigin.answering("HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60\r\nETag: \"v1\"\r\n"
                + "Content-Length: 5000\r\n\r\n" + BODY);
        return new EdgeUnderAttack(origin, new BrokerFixture(data, origin.url(), settings));
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
    }
}
