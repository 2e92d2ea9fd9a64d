package io.fingerpost.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BytesTest {
    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1024, 1.0 KiB", "1536, 1.5 KiB", "1048576, 1.0 MiB", "10737418240, 10.0 GiB",
            "1099511627776, 1.0 TiB", "1125899906842624, 1024.0 TiB"})
    void readsLikeAnAmount(long bytes, String text) {
        assertThat(Bytes.text(bytes)).isEqualTo(text);
    }
}
