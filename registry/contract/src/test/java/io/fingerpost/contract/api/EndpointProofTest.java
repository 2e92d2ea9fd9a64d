package io.fingerpost.contract.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.testing.TestPeer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointProofTest {
    private static final String NONCE = "DGyRjmCefe7v4NfDGDKfAQ";
    private static final String PREFIX = "/.well-known/fingerpost/proof/";

    @Test
    void findsTheNonceInItsOwnPath() {
        assertThat(EndpointProof.isPath(EndpointProof.path(NONCE))).isTrue();
        assertThat(EndpointProof.nonce(EndpointProof.path(NONCE))).isEqualTo(NONCE);
    }

    /** A peer signs what comes in by this path, so nothing else may come in. */
    @ParameterizedTest
    @ValueSource(strings = {"", "/", PREFIX, PREFIX + "short", PREFIX + NONCE + "/", PREFIX + NONCE + "\n",
            PREFIX + NONCE + "?x",
            PREFIX + NONCE + "\nhttp://victim.example:80", "/x" + PREFIX + NONCE, PREFIX + "DGyRjmCefe7v4NfDGDKf%41",
            PREFIX + "12345678901234567890123456789012345678901234567890123456789012345"})
    void isNotAskedForByOtherPaths(String path) {
        assertThat(EndpointProof.isPath(path)).isFalse();
    }

    /** The bytes are part of the protocol: an agent of another version has to sign the very same. */
    @Test
    void signsNonceEndpointAndChallenge() {
        byte[] message = EndpointProof.message(NONCE,
                new Registration(new TestPeer().key(), List.of(PeerEndpoint.parse("http://Peer.example:8080/")),
                        "c".repeat(22), TestPeer.BUDGET, UploadReport.IDLE));

        assertThat(new String(message, StandardCharsets.UTF_8))
                .isEqualTo("fingerpost endpoint proof\n" + NONCE + "\nhttp://peer.example:8080\n" + "c".repeat(22));
    }
}
