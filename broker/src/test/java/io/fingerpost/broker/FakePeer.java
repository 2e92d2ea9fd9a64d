package io.fingerpost.broker;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerKey;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.api.EndpointProof;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.testing.TestPeer;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A peer that proves its endpoint, says what it holds, and serves what a test gives it, or nothing. */
public final class FakePeer implements AutoCloseable {
    private static final InetAddress IPV4 = InetAddress.ofLiteral("127.0.0.1");

    private final HttpServer server;
    private final KeyPair keys;
    private final PeerEndpoint endpoint;
    private final Registration registration;
    private final RegistryClient registry;
    private final LeaseGrant lease;
    private final AtomicInteger servings = new AtomicInteger();
    private volatile byte[] served;

    private FakePeer(BrokerFixture broker, InetAddress address, Optional<String> token)
            throws IOException, GeneralSecurityException {
        this.server = HttpServer.create(new InetSocketAddress(address, 0), 0);
        this.keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        this.endpoint = new PeerEndpoint("http", address instanceof Inet6Address ? "[::1]" : "127.0.0.1",
                server.getAddress().getPort());
        this.registration = Registration.fresh(PeerKey.of(keys.getPublic()), List.of(endpoint), TestPeer.BUDGET,
                UploadReport.IDLE);
        server.createContext("/", this::answer);
        server.start();
        this.registry = broker.registry();
        this.lease = registry.register(registration, token);
    }

    /** A peer that has just registered. */
    public static FakePeer at(BrokerFixture broker) throws IOException, GeneralSecurityException {
        return at(broker, IPV4);
    }

    /** @param address of its endpoint; of loopback */
    public static FakePeer at(BrokerFixture broker, InetAddress address) throws IOException, GeneralSecurityException {
        return new FakePeer(broker, address, Optional.empty());
    }

    /** A peer that shows the operator's token. */
    public static FakePeer superNodeAt(BrokerFixture broker, String token)
            throws IOException, GeneralSecurityException {
        return new FakePeer(broker, IPV4, Optional.of(token));
    }

    /** Serves ranges of {@code content}, whatever is asked for. */
    public FakePeer serving(byte[] content) {
        served = content;
        return this;
    }

    /** How often it has served something. */
    public int served() {
        return servings.get();
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] content = served;
        if (content == null || EndpointProof.isPath(exchange.getRequestURI().getPath())) {
            prove(exchange);
            return;
        }
        try (exchange) {
            servings.incrementAndGet();
            var range = ByteRange.parse(exchange.getRequestHeaders().getFirst("Range")).resolve(content.length);
            exchange.getResponseHeaders().set("Content-Range", range.contentRange(content.length));
            exchange.sendResponseHeaders(206, range.length());
            exchange.getResponseBody().write(content, (int) range.first(), (int) range.length());
        }
    }

    private void prove(HttpExchange exchange) throws IOException {
        try (exchange) {
            String nonce = EndpointProof.nonce(exchange.getRequestURI().getPath());
            byte[] body = Base64.getUrlEncoder().encode(sign(EndpointProof.message(nonce, registration)));
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private byte[] sign(byte[] message) {
        try {
            var signer = Signature.getInstance("Ed25519");
            signer.initSign(keys.getPrivate());
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** What the same peer gets when it registers with another broker. */
    public LeaseGrant registeredAgainAt(BrokerFixture broker) throws IOException {
        return broker.registry().register(registration, Optional.empty());
    }

    public LeaseGrant lease() {
        return lease;
    }

    public PeerEndpoint endpoint() {
        return endpoint;
    }

    /** Announces all of a representation. */
    public FakePeer holding(Representation representation) throws IOException {
        var held = Held.complete(representation.digest(), representation.size());
        registry.announce(lease, new HoldingsUpdate(List.of(held), List.of()));
        return this;
    }

    public void drop(Representation representation) throws IOException {
        registry.announce(lease, new HoldingsUpdate(List.of(), List.of(representation.digest())));
    }

    public void goodbye() throws IOException {
        registry.goodbye(lease);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
