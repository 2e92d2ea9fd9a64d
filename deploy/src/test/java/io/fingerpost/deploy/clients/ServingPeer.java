package io.fingerpost.deploy.clients;

import com.sun.net.httpserver.HttpExchange;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import io.fingerpost.deploy.FakePeer;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A peer that answers for what it holds with every field that an agent sends, and with bytes as its conduct makes them. */
final class ServingPeer implements AutoCloseable {
    private final Map<String, Resource> held = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    private final CountDownLatch end;
    private final Conduct conduct;
    private final FakePeer peer;

    /**
     * @param address on loopback
     * @param token the operator's, which makes it a super-node
     * @param end comes before the peer is closed, so that nobody waits for the rest of a slow answer
     */
    ServingPeer(RegistryClient registry, String address, Optional<String> token, Conduct conduct, CountDownLatch end)
            throws IOException {
        this.conduct = conduct;
        this.end = end;
        this.peer = new FakePeer(registry, address, token, this::serve);
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.computeIfAbsent(path, _ -> new AtomicInteger()).addAndGet(FakePeer.isProbe(exchange) ? 0 : 1);
        try (exchange) {
            var answer = exchange.getResponseHeaders();
            answer.set("Access-Control-Allow-Origin", "*");
            answer.set("Access-Control-Expose-Headers", "Repr-Digest, ETag, Content-Range, Accept-Ranges");
            answer.set("Cross-Origin-Resource-Policy", "cross-origin");
            answer.set("Timing-Allow-Origin", "*");
            answer.set("X-Content-Type-Options", "nosniff");
            Resource resource = held.get(path);
            if (resource == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            answer.set(FieldNames.REPR_DIGEST, DigestField.format(resource.digest()));
            resource.send(exchange, conduct);
        }
    }

    /** From now on it says that it holds {@code resource}. */
    void hold(Resource resource) throws IOException {
        held.put(resource.niPath(), resource);
        peer.announce(resource.content());
    }

    /** How often it was asked for {@code resource}. */
    int timesAsked(Resource resource) {
        var times = asked.get(resource.niPath());
        return times == null ? 0 : times.get();
    }

    /** Where it serves, as scheme, address and port. */
    String url() {
        return peer.url();
    }

    /** Stops to listen, while the broker believes that it is there. */
    void die() {
        peer.die();
    }

    @Override
    public void close() {
        end.countDown();
        peer.close();
    }
}
