package io.fingerpost.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fingerpost.testing.TestPeer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerKeyTest {
    /** The key of RFC 8037 appendix A. */
    private static final PeerKey RFC_KEY = new PeerKey("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    private static final byte[] MESSAGE = "Example of Ed25519 signing".getBytes(StandardCharsets.US_ASCII);

    @Test
    void makesTheThumbprintOfRfc8037() {
        assertThat(RFC_KEY.peerId()).isEqualTo(new PeerId("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"));
    }

    /** RFC 8037 appendix A.4, a JWS over what appendix A.5 verifies. */
    @Test
    void verifiesTheSignatureOfRfc8037() {
        byte[] signingInput = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
                .getBytes(StandardCharsets.US_ASCII);
        byte[] signature = Base64.getUrlDecoder().decode("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6"
                + "dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");

        assertThat(RFC_KEY.verifies(signingInput, signature)).isTrue();
        assertThat(RFC_KEY.verifies(MESSAGE, signature)).isFalse();
    }

    @Test
    void verifiesOnlyWhatItsOwnPrivateHalfSigned() {
        var peer = new TestPeer();
        byte[] signature = peer.sign(MESSAGE);

        assertThat(peer.key().verifies(MESSAGE, signature)).isTrue();
        assertThat(new TestPeer().key().verifies(MESSAGE, signature)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 65, 1_000})
    void takesASignatureOfAnotherLengthForAWrongOne(int length) {
        assertThat(RFC_KEY.verifies(MESSAGE, new byte[length])).isFalse();
    }

    @Test
    void verifiesNothingIfItLiesOffTheCurve() {
        var off = new byte[32];
        off[0] = 2;

        assertThat(new PeerKey(base64Url(off)).verifies(MESSAGE, new byte[64])).isFalse();
    }

    /**
     * With a key of small order, one made-up signature fits every message: whoever can place a file at a host could pass
     * that host off as a peer.
     */
    @ParameterizedTest
    @ValueSource(strings = {
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000080",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"})
    void refusesKeysForWhichAnybodyCanSign(String hex) {
        String x = base64Url(HexFormat.of().parseHex(hex));

        assertThatIllegalArgumentException().isThrownBy(() -> new PeerKey(x)).withMessageContaining("small order");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUR", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURoo",
            "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
            "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\n", "\"},\"x\":\"7TyWQHOg7hcvPapiMlrwIaaPcHURo11qYAYK"})
    void refusesWhatIsNotBase64UrlOf32Bytes(String x) {
        assertThatIllegalArgumentException().isThrownBy(() -> new PeerKey(x));
    }

    /** Else one key would be four peers. */
    @ParameterizedTest
    @ValueSource(strings = {"p", "q", "r"})
    void refusesASecondTextForTheSameKey(String last) {
        String x = RFC_KEY.x().replaceAll("o$", last);

        assertThatIllegalArgumentException().isThrownBy(() -> new PeerKey(x));
    }

    @Test
    void refusesKeysOfOtherAlgorithms() throws NoSuchAlgorithmException {
        var x25519 = KeyPairGenerator.getInstance("X25519").generateKeyPair().getPublic(); // as long as an Ed25519 key
        var ec = KeyPairGenerator.getInstance("EC").generateKeyPair().getPublic();

        assertThatIllegalArgumentException().isThrownBy(() -> PeerKey.of(x25519))
                .withMessageContaining("not an Ed25519");
        assertThatIllegalArgumentException().isThrownBy(() -> PeerKey.of(ec)).withMessageContaining("EC");
    }

    private static String base64Url(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
