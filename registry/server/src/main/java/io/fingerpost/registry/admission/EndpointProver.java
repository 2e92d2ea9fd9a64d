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

    /** @throws RequestRejected if the endpoint may not be dialled, cannot be reached, or does not prove itself */
    public void prove(Registration registration) {
        PeerEndpoint endpoint = registration.endpoint();
        String nonce = newNonce();
        String answer = ask(endpoint, EndpointProof.path(nonce));
        if (!registration.key().verifies(EndpointProof.message(nonce, registration), decode(answer))) {
            throw new RequestRejected(422, "endpoint-not-proved", "what answers at " + endpoint
                    + " does not sign for this registration; is the advertised URL that of another host or port?");
        }
    }

    private String ask(PeerEndpoint endpoint, String path) {
        try {
            return dialler.get(endpoint, path);
        } catch (IOException e) {
            throw new RequestRejected(422, "endpoint-unreachable", "tried " + endpoint + " from here: " + e.getMessage()
                    + "; open that port to the broker or advertise another URL");
        }
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
