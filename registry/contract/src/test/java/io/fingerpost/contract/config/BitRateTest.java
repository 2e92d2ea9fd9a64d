package io.fingerpost.contract.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BitRateTest {
    @ParameterizedTest
    @CsvSource({"1bit/s, 1", "500kbit/s, 500000", "20Mbit/s, 20000000", "1 Gbit/s, 1000000000",
            "1000Gbit/s, 1000000000000", "1000000000000bit/s, 1000000000000"})
    void isReadInDecimalUnits(String text, long bitsPerSecond) {
        assertThat(BitRate.parse(text)).isEqualTo(new BitRate(bitsPerSecond));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "20", "20M", "20Mbit", "20mbit/s", "20MB/s", "20Mbps", "Mbit/s", "-1bit/s", "0bit/s",
            "0Gbit/s", "1.5Mbit/s", "1001Gbit/s", "1000000000001bit/s", "9999999999999Gbit/s", "99999999999999bit/s",
            "20Mbit/s "})
    void refusesWhatIsNoRate(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> BitRate.parse(text)).withMessageContaining("is wanted");
    }
}
