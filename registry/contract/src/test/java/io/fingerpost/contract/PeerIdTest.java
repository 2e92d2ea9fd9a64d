package io.fingerpost.contract;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerIdTest {
    @ParameterizedTest
    @ValueSource(strings = {
            "", "..", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4kk",
            "kPrK/qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k\n",
            "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4l", "kPrK_qmxVWaYVA9ww\r\nX: y3vVzz7TxHCTwXBygrS4k="})
    void refusesWhatIsNoThumbprint(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> new PeerId(value));
    }
}
