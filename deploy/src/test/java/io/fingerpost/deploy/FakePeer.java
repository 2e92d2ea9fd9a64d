package io.fingerpost.deploy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerKey;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.EndpointProof;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.client.RegistryClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A peer that is properly admitted and then serves as badly as a test wants. */
final class FakePeer implements AutoCloseable {
    private final KeyPair keys;
    private final HttpServer server;
    private final Registration registration;
    private final RegistryClient registry;
    private final LeaseGrant lease;
    private final Thread heartbeats;
    private final AtomicInteger served = new AtomicInteger();

    /** @param serving answers whatever is asked below the `ni` path */
    FakePeer(HttpClient http, String broker, HttpHandler serving) throws IOException, GeneralSecurityException {
        keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        registration = Registration.fresh(PeerKey.of(keys.getPublic()), endpoint());
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(EndpointProof.path(""), this::prove);
        server.createContext(NiPath.PREFIX, exchange -> {
            served.incrementAndGet();
            serving.handle(exchange);
        });
        server.start();
        registry = new RegistryClient(http, URI.create(broker));
        lease = registry.register(registration, Optional.empty());
        heartbeats = Thread.ofVirtual().name("fake-peer-heartbeats").start(this::keepLease);
    }

    private void keepLease() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(lease.terms().heartbeat());
                registry.heartbeat(lease);
            }
        } catch (InterruptedException | IOException e) {
            Thread.currentThread().interrupt(); // the test is over
        }
    }

    private PeerEndpoint endpoint() {
        return PeerEndpoint.parse("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void prove(HttpExchange exchange) throws IOException {
        String nonce = EndpointProof.nonce(exchange.getRequestURI().getPath());
        try (exchange) {
            var signer = Signature.getInstance("Ed25519");
            signer.initSign(keys.getPrivate());
            signer.update(EndpointProof.message(nonce, registration));
            byte[] answer = Base64.getUrlEncoder().withoutPadding().encode(signer.sign());
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** Says that it holds all of {@code content}. */
    void announce(byte[] content) throws IOException {
        registry.announce(lease,
                new HoldingsUpdate(List.of(Held.complete(Sha256.digestOf(content), content.length)), List.of()));
    }

    /** How often it was asked for bytes. */
    int timesAsked() {
        return served.get();
    }

    @Override
    public void close() {
        heartbeats.interrupt();
        server.stop(0);
    }
}
