package io.fingerpost.contract.api;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerKey;
import io.fingerpost.contract.UploadBudget;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * A peer asks to be known under its endpoints, which it proves to be its own before this is answered.
 *
 * @param key the peer's public key, which makes its id
 * @param endpoints where it serves, 1 to {@value #MAX_ENDPOINTS}: the first that a client can use is the one that it is sent to
 * @param challenge what only the caller and the registry know: an endpoint signs for this registration and no other, so a
 *        stranger who names somebody else's key and endpoint gets no lease for them
 * @param budget the most that it wants to send while this lease runs
 * @param uploads what it sends already, and has sent this month: a new lease starts with no new quota
 */
public record Registration(PeerKey key, List<PeerEndpoint> endpoints, String challenge, UploadBudget budget,
        UploadReport uploads) {
    /** An address of each family, in clear and with TLS. */
    public static final int MAX_ENDPOINTS = 4;
    private static final int CHALLENGE_BYTES = 24;

    public Registration {
        endpoints = List.copyOf(endpoints);
        if (endpoints.isEmpty() || endpoints.size() > MAX_ENDPOINTS
                || Set.copyOf(endpoints).size() < endpoints.size()) {
            throw new IllegalArgumentException("1 to " + MAX_ENDPOINTS + " different endpoints are wanted");
        }
        if (!challenge.matches("[A-Za-z0-9_-]{22,64}")) {
            throw new IllegalArgumentException("a challenge has 22 to 64 characters of base64url");
        }
    }

    /** A registration with a challenge of its own. */
    public static Registration fresh(PeerKey key, List<PeerEndpoint> endpoints, UploadBudget budget,
            UploadReport uploads) {
        var challenge = new byte[CHALLENGE_BYTES];
        new SecureRandom().nextBytes(challenge);
        return new Registration(key, endpoints, Base64.getUrlEncoder().withoutPadding().encodeToString(challenge),
                budget, uploads);
    }
}
