package io.fingerpost.deploy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.EndpointProof;
import io.fingerpost.contract.api.Heartbeat;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.testing.TestPeer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A peer that is properly admitted and then serves as badly as a test wants. */
public final class FakePeer implements AutoCloseable {
    private final TestPeer identity = new TestPeer();
    private final HttpServer server;
    private final Registration registration;
    private final RegistryClient registry;
    private final LeaseGrant lease;
    private final ScheduledExecutorService heartbeats = Executors
            .newSingleThreadScheduledExecutor(Thread.ofVirtual().name("fake-peer-heartbeats").factory());
    private final AtomicInteger served = new AtomicInteger();

    /**
     * An ordinary peer.
     *
     * @param serving answers whatever is asked below the `ni` path
     */
    FakePeer(HttpClient http, String broker, HttpHandler serving) throws IOException {
        this(new RegistryClient(URI.create(broker)), "127.0.0.1", Optional.empty(), serving);
    }

    /**
     * A peer at an address of the test's choice.
     *
     * @param token the operator's, which makes it a super-node
     * @param serving answers whatever is asked below the `ni` path
     */
    public FakePeer(RegistryClient registry, String address, Optional<String> token, HttpHandler serving)
            throws IOException {
        this.registry = registry;
        server = HttpServer.create(new InetSocketAddress(address, 0), 0);
        registration = identity
                .registration(new PeerEndpoint("http", address, server.getAddress().getPort()));
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(EndpointProof.path(""), this::prove);
        server.createContext(NiPath.PREFIX, exchange -> {
            served.addAndGet(isProbe(exchange) ? 0 : 1);
            serving.handle(exchange);
        });
        server.start();
        lease = registry.register(registration, token);
        long interval = lease.terms().heartbeat().toMillis();
        heartbeats.scheduleAtFixedRate(this::keepLease, interval, interval, TimeUnit.MILLISECONDS);
    }

    private void keepLease() {
        try {
            registry.heartbeat(lease, new Heartbeat(UploadReport.IDLE, Optional.empty()));
        } catch (IOException e) {
            heartbeats.shutdown(); // the broker is gone, or the test is over
        }
    }

    private void prove(HttpExchange exchange) throws IOException {
        String nonce = EndpointProof.nonce(exchange.getRequestURI().getPath());
        try (exchange) {
            byte[] answer = Base64.getUrlEncoder().withoutPadding()
                    .encode(identity.sign(EndpointProof.message(nonce, registration)));
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    /** Where it serves, as scheme, address and port. */
    public String url() {
        return registration.endpoints().getFirst().url();
    }

    /** Says that it holds all of {@code content}. */
    public void announce(byte[] content) throws IOException {
        registry.announce(lease,
                new HoldingsUpdate(List.of(Held.complete(Sha256.digestOf(content), content.length)), List.of()));
    }

    /** Whether it is the registry that looks for itself, as any client might; but all clients that we have say what they are. */
    public static boolean isProbe(HttpExchange exchange) {
        return !exchange.getRequestHeaders().containsKey("User-Agent");
    }

    /** How often clients asked it for bytes. */
    int timesAsked() {
        return served.get();
    }

    /** Stops to listen and keeps its lease, so clients are still sent to it. */
    public void die() {
        server.stop(0);
    }

    @Override
    public void close() {
        heartbeats.shutdownNow();
        server.stop(0);
    }
}
