package io.fingerpost.registry.admission;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.api.EndpointProof;
import io.fingerpost.testing.RawServer;
import io.fingerpost.testing.TestPeer;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Endpoints that prove themselves as an agent does. */
public final class ProvingServer {
    private ProvingServer() {}

    /** Signs for its own endpoint. */
    public static RawServer of(TestPeer peer) {
        var own = new CompletableFuture<PeerEndpoint>();
        var server = signing(peer, own.thenApply(List::of));
        own.complete(server.endpoint());
        return server;
    }

    /** Signs for all the endpoints of a peer, once they are known. */
    public static RawServer signing(TestPeer peer, CompletableFuture<List<PeerEndpoint>> endpoints) {
        return RawServer.answering(
                (target, out) -> out.write(RawServer.response("200 OK", proof(peer, target, endpoints.join()))));
    }

    /** Signs for {@code endpoint}, wherever it is asked. */
    static RawServer signingFor(PeerEndpoint endpoint, TestPeer peer) {
        return RawServer
                .answering((target, out) -> out
                        .write(RawServer.response("200 OK", proof(peer, target, List.of(endpoint)))));
    }

    static String proof(TestPeer peer, String target, List<PeerEndpoint> endpoints) {
        byte[] signature = peer.sign(EndpointProof.message(EndpointProof.nonce(target), peer.registration(endpoints)));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    }
}
