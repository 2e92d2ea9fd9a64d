package io.fingerpost.broker.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A certificate with those that vouch for it, and its private key.
 *
 * @param chain the certificate first
 */
record Identity(List<X509Certificate> chain, PrivateKey key) {
    Identity {
        chain = List.copyOf(chain);
    }

    /** The kind of key, as a handshake asks for it. */
    String keyType() {
        String algorithm = chain.getFirst().getPublicKey().getAlgorithm();
        return algorithm.equals("Ed25519") ? "EdDSA" : algorithm;
    }

    Instant expiry() {
        return chain.getFirst().getNotAfter().toInstant();
    }

    X509Certificate[] chainArray() {
        return chain.toArray(X509Certificate[]::new);
    }

    /** Whether the key is the one that the certificate speaks of. */
    boolean belongsTogether() {
        byte[] message = {1, 2, 3, 4};
        try {
            PublicKey certified = chain.getFirst().getPublicKey();
            var signature = Signature.getInstance(switch (keyType()) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> "Ed25519";
            });
            signature.initSign(key);
            signature.update(message);
            byte[] signed = signature.sign();
            signature.initVerify(certified);
            signature.update(message);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false; // keys of two kinds
        }
    }
}
