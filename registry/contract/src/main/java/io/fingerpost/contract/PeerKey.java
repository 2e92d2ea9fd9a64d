package io.fingerpost.contract;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A peer's Ed25519 public key, as the raw 32 bytes in base64url (the `x` of an OKP JWK, RFC 8037 §2).
 */
public record PeerKey(@JsonValue String x) {
    /** What X.509 puts before the raw key (RFC 8410 §4). */
    private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
    private static final int RAW_LENGTH = 32;

    @JsonCreator
    public PeerKey {
        if (!x.matches("[A-Za-z0-9_-]{43}")) {
            throw new IllegalArgumentException("an Ed25519 public key has 43 characters of base64url");
        }
    }

    /** @throws IllegalArgumentException unless {@code key} is an Ed25519 key */
    public static PeerKey of(PublicKey key) {
        byte[] encoded = key.getEncoded();
        if (encoded.length != X509_PREFIX.length + RAW_LENGTH || !startsWithPrefix(encoded)) {
            throw new IllegalArgumentException("not an Ed25519 public key: " + key.getAlgorithm());
        }
        byte[] raw = Arrays.copyOfRange(encoded, X509_PREFIX.length, encoded.length);
        return new PeerKey(Base64.getUrlEncoder().withoutPadding().encodeToString(raw));
    }

    private static boolean startsWithPrefix(byte[] encoded) {
        return Arrays.equals(encoded, 0, X509_PREFIX.length, X509_PREFIX, 0, X509_PREFIX.length);
    }

    /** The peer that this key makes: its thumbprint (RFC 7638). */
    public PeerId peerId() {
        String jwk = "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"" + x + "\"}";
        return new PeerId(Sha256.digestOf(jwk.getBytes(StandardCharsets.UTF_8)).base64Url());
    }

    /** Whether {@code signature} over {@code message} was made with this key's private half. */
    public boolean verifies(byte[] message, byte[] signature) {
        try {
            var verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(publicKey());
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            return false; // a key off the curve or a signature of the wrong length verifies nothing
        }
    }

    private PublicKey publicKey() throws GeneralSecurityException {
        byte[] raw = Base64.getUrlDecoder().decode(x);
        byte[] encoded = Arrays.copyOf(X509_PREFIX, X509_PREFIX.length + RAW_LENGTH);
        System.arraycopy(raw, 0, encoded, X509_PREFIX.length, RAW_LENGTH);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
    }
}
