package io.fingerpost.broker.redis;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fingerpost.contract.HoldingsChecksum;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.api.EndpointProof;
import io.fingerpost.contract.api.Heartbeat;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.client.RegistryRefused;
import io.fingerpost.testing.TestPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A peer that holds one file and does about its lease what an agent does: it reports all the time, registers again when the registry
 * does not know it, and says again what it holds when the registry knows something else.
 */
final class LivePeer implements AutoCloseable {
    private static final Duration RETRY = Duration.ofMillis(500);

    private final TestPeer identity = new TestPeer();
    private final HttpServer server;
    private final Registration registration;
    private final RegistryClient registry;
    private final Sha256 digest;
    private final HoldingsUpdate all;
    private final Thread thread = Thread.ofVirtual().name("live-peer").unstarted(this::run);
    private volatile @Nullable TicketKey tickets;
    /** When it was last heard of, if it is dead. */
    private volatile @Nullable Instant died;
    private @Nullable LeaseGrant lease;
    private boolean hasTold;
    private volatile int registrations; // counted by its own thread
    /** Why it could not do what it wanted. */
    private final List<String> failures = new CopyOnWriteArrayList<>();

    /** @param registry the URL of a registry by itself, or of a broker */
    LivePeer(URI registry, byte[] file) throws IOException {
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        this.registration = identity
                .registration(new PeerEndpoint("http", "127.0.0.1", server.getAddress().getPort()));
        this.registry = new RegistryClient(registry);
        this.digest = Sha256.digestOf(file);
        this.all = new HoldingsUpdate(true, List.of(Held.complete(digest, file.length)), List.of());
        server.createContext("/", this::prove);
        server.start();
        thread.start();
    }

    String url() {
        return registration.endpoints().getFirst().url();
    }

    /** Whether it would serve the file to whoever comes with the ticket. */
    boolean opens(String ticket) {
        var key = tickets;
        return key != null && key.check(ticket, digest, Instant.now()) == TicketKey.Verdict.VALID;
    }

    int registrations() {
        return registrations;
    }

    List<String> failures() {
        return failures;
    }

    boolean isAlive() {
        return died == null;
    }

    /** Whether brokers may take it for alive still: they learn of its death by not hearing of it. */
    boolean mayCountAsAlive() {
        Instant death = died;
        return death == null || Instant.now().isBefore(death.plus(SharedSystem.LEASE).plusSeconds(2));
    }

    /** Ends without a word. */
    void die() {
        close();
        died = Instant.now();
    }

    private void prove(HttpExchange exchange) throws IOException {
        try (exchange) {
            String nonce = EndpointProof.nonce(exchange.getRequestURI().getPath());
            byte[] body = Base64.getUrlEncoder()
                    .encode(identity.sign(EndpointProof.message(nonce, registration)));
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(report());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /** Returns how long to wait before the next time. */
    private Duration report() {
        try {
            var current = lease;
            if (current == null) {
                current = registry.register(registration, Optional.empty());
                registrations = registrations + 1;
                tickets = current.ticketKey();
                lease = current;
                hasTold = false;
            } else {
                Optional<Long> told = hasTold
                        ? Optional.of(HoldingsChecksum.of(digest, PieceSet.all(1)))
                        : Optional.empty();
                hasTold &= registry.heartbeat(current, new Heartbeat(UploadReport.IDLE, told)).inSync();
            }
            if (!hasTold) {
                registry.announce(current, all);
                hasTold = true;
            }
            return current.terms().heartbeat();
        } catch (RegistryRefused e) {
            failures.add(e.toString());
            if (e.isLeaseLost()) {
                lease = null;
            }
            return RETRY;
        } catch (IOException e) {
            failures.add(e.toString());
            return RETRY;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        server.stop(0);
    }
}
