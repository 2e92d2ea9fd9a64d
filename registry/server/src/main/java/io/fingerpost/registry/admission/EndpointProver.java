package io.fingerpost.registry.admission;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.api.EndpointProof;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.registry.RequestRejected;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Makes endpoints prove that they belong to the peer that claims them: each has to sign a fresh nonce with the peer's key.
 */
public final class EndpointProver {
    private static final int NONCE_BYTES = 24;

    private final EndpointDialler dialler;
    private final SecureRandom random = new SecureRandom();

    public EndpointProver(EndpointDialler dialler) {
        this.dialler = dialler;
    }

    /**
     * Asks all endpoints for their proofs, at once; waits for at most the dialler's timeout.
     *
     * @param sharesLan whether an endpoint in a private network, which must not be dialled, may serve that network
     */
    public Proofs proveAll(Registration registration, boolean sharesLan) {
        var asked = new LinkedHashMap<PeerEndpoint, CompletableFuture<Proof>>();
        Executor executor = registration.endpoints().size() == 1
                ? Runnable::run
                : task -> Thread.ofVirtual().name("prover").start(task);
        for (PeerEndpoint endpoint : registration.endpoints()) {
            asked.put(endpoint,
                    CompletableFuture.supplyAsync(() -> prove(registration, endpoint, sharesLan), executor));
        }
        var proofs = new LinkedHashMap<PeerEndpoint, Proof>();
        asked.forEach((endpoint, proof) -> proofs.put(endpoint, proof.join()));
        return new Proofs(proofs);
    }

    private Proof prove(Registration registration, PeerEndpoint endpoint, boolean sharesLan) {
        if (sharesLan && endpoint.privateAddress().filter(dialler::refuses).isPresent()) {
            return new Proof.Missing("not tried: " + endpoint + " is an address of your own network",
                    "clients of your own network are sent to it while no other endpoint proves itself; for others, advertise an address that the broker can reach");
        }
        String nonce = newNonce();
        EndpointDialler.Answer answer;
        try {
            answer = dialler.get(endpoint, EndpointProof.path(nonce));
        } catch (RequestRejected e) {
            return new Proof.Forbidden(e);
        } catch (IOException e) {
            return new Proof.Missing("tried " + endpoint + " from here: " + e.getMessage(),
                    "open that port to the broker, or advertise another URL");
        }
        if (!registration.key().verifies(EndpointProof.message(nonce, registration), decode(answer.body()))) {
            return new Proof.Foreign(new RequestRejected(422, "endpoint-not-proved", "what answers at " + endpoint
                    + " does not sign for this registration; is the advertised URL that of another host or port?"));
        }
        return new Proof.Given(new Route(endpoint, answer.addresses()));
    }

    private String newNonce() {
        var nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(nonce);
    }

    private static byte[] decode(String base64Url) {
        try {
            return Base64.getUrlDecoder().decode(base64Url.strip());
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }
}
