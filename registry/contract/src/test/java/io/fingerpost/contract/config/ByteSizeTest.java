package io.fingerpost.contract.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({"0, 0", "4096, 4096", "7B, 7", "64KiB, 65536", "1 MiB, 1048576", "10GiB, 10737418240",
            "2TiB, 2199023255552",
            "8388607TiB, 9223370937343148032"})
    void isReadInBinaryUnits(String text, long bytes) {
        assertThat(ByteSize.parse(text)).isEqualTo(new ByteSize(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "KiB", "1kB", "1KB", "1kib", "-1", "1.5GiB", "1GiBs", "0x10", "1e3", "8388608TiB",
            "9999999999999999"})
    void refusesWhatIsNoSize(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ByteSize.parse(text)).withMessageContaining("is wanted");
    }
}
