package io.fingerpost.agent.identity;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PeerKey;
import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.contract.config.DataDirectory;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Objects;

/** The agent's own Ed25519 key pair: made on the first run, kept in a private file, never sent anywhere. */
public final class Identity {
    private static final String FILE = "identity.key";

    private final PrivateKey privateKey;
    private final PeerKey publicKey;

    private Identity(PrivateKey privateKey, PeerKey publicKey) {
        this.privateKey = privateKey;
        this.publicKey = publicKey;
    }

    /** @throws ConfigException if the file is there but is no key */
    public static Identity load(DataDirectory data) {
        byte[] content = data.privateFile(FILE, Identity::newKeyPair);
        try {
            int privateLength = ByteBuffer.wrap(content).getInt();
            Objects.checkFromIndexSize(Integer.BYTES, privateLength, content.length);
            byte[] encodedPrivate = Arrays.copyOfRange(content, Integer.BYTES, Integer.BYTES + privateLength);
            byte[] encodedPublic = Arrays.copyOfRange(content, Integer.BYTES + privateLength, content.length);
            var keys = KeyFactory.getInstance("Ed25519");
            return new Identity(keys.generatePrivate(new PKCS8EncodedKeySpec(encodedPrivate)),
                    PeerKey.of(keys.generatePublic(new X509EncodedKeySpec(encodedPublic)))).requireMatchingHalves();
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new ConfigException(
                    "'" + data.resolve(FILE) + "' is not the key of an agent; remove it to get a new one");
        }
    }

    private Identity requireMatchingHalves() {
        byte[] probe = {1};
        if (!publicKey.verifies(probe, sign(probe))) {
            throw new IllegalArgumentException("public and private key do not belong together");
        }
        return this;
    }

    /** The length of the private part, the private part (PKCS #8), the public part (X.509). */
    private static byte[] newKeyPair() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
            byte[] encodedPrivate = pair.getPrivate().getEncoded();
            byte[] encodedPublic = pair.getPublic().getEncoded();
            return ByteBuffer.allocate(Integer.BYTES + encodedPrivate.length + encodedPublic.length)
                    .putInt(encodedPrivate.length).put(encodedPrivate).put(encodedPublic).array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this Java has no Ed25519", e);
        }
    }

    public PeerKey key() {
        return publicKey;
    }

    public PeerId peerId() {
        return publicKey.peerId();
    }

    public byte[] sign(byte[] message) {
        try {
            var signer = Signature.getInstance("Ed25519");
            signer.initSign(privateKey);
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the key was usable when it was loaded", e);
        }
    }
}
