package io.fingerpost.registry.admission;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.api.EndpointProof;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.registry.RequestRejected;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Makes an endpoint prove that it belongs to the peer that claims it: it has to sign a fresh nonce with the peer's key.
 */
public final class EndpointProver {
    private static final int NONCE_BYTES = 24;

    private final EndpointDialler dialler;
    private final SecureRandom random = new SecureRandom();

    public EndpointProver(EndpointDialler dialler) {
        this.dialler = dialler;
    }

    /**
     * Asks the endpoint for its proof; waits for at most the dialler's timeout.
     *
     * @throws RequestRejected if the endpoint may not be dialled, or answers as somebody else
     */
    public Proof prove(Registration registration) {
        return prove(registration, false);
    }

    /** @param sharesLan whether an endpoint in a private network, which must not be dialled, may serve that network */
    public Proof prove(Registration registration, boolean sharesLan) {
        PeerEndpoint endpoint = registration.endpoint();
        if (sharesLan && endpoint.privateAddress().filter(dialler::refuses).isPresent()) {
            return new Proof.Missing("not tried: " + endpoint + " is an address of your own network",
                    "clients of your own network are sent to it; for others, advertise an address that the broker can reach");
        }
        String nonce = newNonce();
        EndpointDialler.Answer answer;
        try {
            answer = dialler.get(endpoint, EndpointProof.path(nonce));
        } catch (IOException e) {
            return new Proof.Missing("tried " + endpoint + " from here: " + e.getMessage(),
                    "open that port to the broker, or advertise another URL");
        }
        if (!registration.key().verifies(EndpointProof.message(nonce, registration), decode(answer.body()))) {
            throw new RequestRejected(422, "endpoint-not-proved", "what answers at " + endpoint
                    + " does not sign for this registration; is the advertised URL that of another host or port?");
        }
        return new Proof.Given(answer.addresses());
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
