package io.fingerpost.registry.admission;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.api.EndpointProof;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.registry.RequestRejected;
import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

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
     * Where the endpoint proved to be.
     *
     * @return its addresses, at least one
     * @throws RequestRejected if the endpoint may not be dialled, cannot be reached, or does not prove itself
     */
    public List<InetAddress> prove(Registration registration) {
        PeerEndpoint endpoint = registration.endpoint();
        String nonce = newNonce();
        var answer = ask(endpoint, EndpointProof.path(nonce));
        if (!registration.key().verifies(EndpointProof.message(nonce, registration), decode(answer.body()))) {
            throw new RequestRejected(422, "endpoint-not-proved", "what answers at " + endpoint
                    + " does not sign for this registration; is the advertised URL that of another host or port?");
        }
        return answer.addresses();
    }

    private EndpointDialler.Answer ask(PeerEndpoint endpoint, String path) {
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
