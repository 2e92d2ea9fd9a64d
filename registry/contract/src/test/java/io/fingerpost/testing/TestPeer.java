package io.fingerpost.testing;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PeerKey;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.List;

/** Somebody with a fresh Ed25519 key pair. */
public final class TestPeer {
    /** 10 Gbit/s to 64 clients at a time, however much it becomes in a month. */
    public static final UploadBudget BUDGET = new UploadBudget(10_000_000_000L, 64, 0);

    private final KeyPair keys;

    public TestPeer() {
        try {
            keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public PeerKey key() {
        return PeerKey.of(keys.getPublic());
    }

    public PeerId id() {
        return key().peerId();
    }

    /** How it registers under {@code endpoint}: always with the same challenge. */
    public Registration registration(PeerEndpoint endpoint) {
        return registration(endpoint, BUDGET);
    }

    /** The same with a budget of the test's choice. */
    public Registration registration(PeerEndpoint endpoint, UploadBudget budget) {
        return registration(List.of(endpoint), budget);
    }

    /** The same under several endpoints. */
    public Registration registration(List<PeerEndpoint> endpoints) {
        return registration(endpoints, BUDGET);
    }

    private Registration registration(List<PeerEndpoint> endpoints, UploadBudget budget) {
        return new Registration(key(), endpoints, id().value(), budget, UploadReport.IDLE);
    }

    public byte[] sign(byte[] message) {
        try {
            var signer = Signature.getInstance("Ed25519");
            signer.initSign(keys.getPrivate());
            signer.update(message);
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
