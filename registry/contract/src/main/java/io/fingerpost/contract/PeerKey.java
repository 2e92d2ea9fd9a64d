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
import java.util.Set;

/**
 * A peer's Ed25519 public key, as the raw 32 bytes in base64url (the `x` of an OKP JWK, RFC 8037 §2).
 */
public record PeerKey(@JsonValue String x) {
    /** What X.509 puts before the raw key (RFC 8410 §4). */
    private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
    private static final int RAW_LENGTH = 32;
    /** Points for which anybody can make up signatures that fit any message, their sign bit cleared. */
    private static final Set<String> SMALL_ORDER = Set.of(
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");

    @JsonCreator
    public PeerKey {
        // The last character stands for four bits: any other would be a second text, and so a second peer, for one key.
        if (!x.matches("[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")) {
            throw new IllegalArgumentException("an Ed25519 public key has 43 characters of base64url");
        }
        if (SMALL_ORDER.contains(withoutSign(x))) {
            throw new IllegalArgumentException("an Ed25519 public key of small order proves nothing");
        }
    }

    private static String withoutSign(String x) {
        byte[] raw = Base64.getUrlDecoder().decode(x);
        raw[RAW_LENGTH - 1] &= 0x7f;
        return HexFormat.of().formatHex(raw);
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
