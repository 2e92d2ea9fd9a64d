package io.fingerpost.registry.enrolment;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.fingerpost.contract.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/** What is kept of a token: nobody who reads it can enrol by it, as long as the token is as long as {@link #newToken} makes them. */
public record TokenHash(Sha256 digest) {
    private static final String PREFIX = "sha256:";
    private static final int TOKEN_BYTES = 32;

    /** Reads `sha256:` and 43 characters of base64url. */
    @JsonCreator
    public static TokenHash parse(String text) {
        if (!text.startsWith(PREFIX)) {
            throw new IllegalArgumentException("the hash of a token begins with " + PREFIX
                    + "; `fingerpost-broker token` makes both"); // it may be the token itself: never shown
        }
        return new TokenHash(Sha256.parse(text.substring(PREFIX.length())));
    }

    public static TokenHash of(String token) {
        return new TokenHash(Sha256.digestOf(token.getBytes(StandardCharsets.UTF_8)));
    }

    /** A token that nobody guesses. */
    public static String newToken() {
        var token = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(token);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /** Whether this is of the token with the hash {@code shown}; takes as long for any. */
    boolean matches(TokenHash shown) {
        return MessageDigest.isEqual(digest.bytes(), shown.digest.bytes());
    }

    @Override
    public String toString() {
        return PREFIX + digest;
    }
}
