package io.fingerpost.contract.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What a peer signs so that the registry believes an endpoint to be its own.
 *
 * <p>The registry asks the endpoint for {@link #path}; whoever answers there must hold the private key of the peer that
 * registered. The endpoints are part of what is signed, so an answer fetched from somebody else's endpoint is worthless; the
 * registration's challenge is too, so an honest endpoint does not vouch for a registration that is not its own.
 */
public final class EndpointProof {
    private static final String PREFIX = "/.well-known/fingerpost/proof/";

    private EndpointProof() {}

    /** Where the registry asks for the proof of {@code nonce}. */
    public static String path(String nonce) {
        return PREFIX + nonce;
    }

    /** Whether {@code path} asks for a proof. */
    public static boolean isPath(String path) {
        return path.startsWith(PREFIX) && path.substring(PREFIX.length()).matches("[A-Za-z0-9_-]{22,64}");
    }

    /** The nonce in a path for which {@link #isPath} holds. */
    public static String nonce(String path) {
        return path.substring(PREFIX.length());
    }

    /** The bytes to sign. */
    public static byte[] message(String nonce, Registration registration) {
        var lines = new ArrayList<>(List.of("fingerpost endpoint proof", nonce));
        registration.endpoints().forEach(endpoint -> lines.add(endpoint.url()));
        lines.add(registration.challenge());
        return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    }
}
