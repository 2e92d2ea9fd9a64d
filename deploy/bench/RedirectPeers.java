import io.fingerpost.contract.PeerKey;
import io.fingerpost.contract.api.EndpointProof;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.WireJson;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** Peers with a loopback address and a key each, and the one server behind them all, which proves their endpoints. */
final class RedirectPeers {
    private final KeyPair[] keys;
    private final int port;
    private final String budget;
    private final JsonMapper json = WireJson.lenient();
    private final Undertow server;

    /** @param budget that each registers with, as JSON */
    RedirectPeers(int count, int port, String budget) {
        this.port = port;
        this.budget = budget;
        this.keys = IntStream.range(0, count).parallel().mapToObj(_ -> newKeys()).toArray(KeyPair[]::new);
        this.server = Undertow.builder().setIoThreads(1).setWorkerThreads(1)
                .addHttpListener(port, "0.0.0.0", this::prove).build();
    }

    void start() {
        server.start();
    }

    private static KeyPair newKeys() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** 127.1.0.1 and up; 62,500 in each /16, 250 in each /24. */
    private static String address(int peer) {
        return "127." + (1 + peer / 62_500) + "." + peer / 250 % 250 + "." + (1 + peer % 250);
    }

    private static int peer(String address) {
        String[] parts = address.split("\\.", 4);
        return (Integer.parseInt(parts[1]) - 1) * 62_500 + Integer.parseInt(parts[2]) * 250
                + Integer.parseInt(parts[3]) - 1;
    }

    String id(int peer) {
        return PeerKey.of(keys[peer].getPublic()).peerId().value();
    }

    /** How a peer registers: always with the same challenge. */
    String registration(int peer) {
        var key = PeerKey.of(keys[peer].getPublic());
        return "{\"key\":\"" + key.x() + "\",\"endpoints\":[\"http://" + address(peer) + ":" + port + "\"],\"challenge\":\""
                + key.peerId() + "\",\"budget\":" + budget
                + ",\"uploads\":{\"active\":0,\"bytesLeft\":0,\"servedThisMonth\":0}}";
    }

    private void prove(HttpServerExchange exchange) throws GeneralSecurityException {
        if (!EndpointProof.isPath(exchange.getRequestPath())) {
            exchange.getResponseHeaders().put(Headers.RETRY_AFTER, 60); // full: what the registry wants to see of a file is not here
            exchange.setStatusCode(503).endExchange();
            return;
        }
        int peer = peer(exchange.getHostName());
        var registration = WireJson.read(json, registration(peer).getBytes(StandardCharsets.UTF_8), Registration.class);
        var signer = Signature.getInstance("Ed25519");
        signer.initSign(keys[peer].getPrivate());
        signer.update(EndpointProof.message(EndpointProof.nonce(exchange.getRequestPath()), registration));
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain");
        exchange.getResponseSender().send(Base64.getUrlEncoder().withoutPadding().encodeToString(signer.sign()));
    }
}
