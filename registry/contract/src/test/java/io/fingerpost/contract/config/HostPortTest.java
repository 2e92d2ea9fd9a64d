package io.fingerpost.contract.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @ParameterizedTest
    @CsvSource({"127.0.0.1:8080, 127.0.0.1, 8080", "[::1]:0, ::1, 0", "edge.example:65535, edge.example, 65535",
            "[::FFFF:1.2.3.4]:1, ::FFFF:1.2.3.4, 1"})
    void isReadAndWritten(String text, String host, int port) {
        var parsed = HostPort.parse(text);

        assertThat(parsed).isEqualTo(new HostPort(host, port));
        assertThat(parsed).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "8080", ":8080", "localhost", "localhost:", "localhost:65536", "localhost:-1",
            "localhost:99999999999",
            "::1:8080", "[::1]", "[]:80", "[::1%eth0]:80", "a b:80", "http://a:80", "a:80/", "a:80\n", "a_b:80"})
    void refusesWhatIsNoHostAndPort(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> HostPort.parse(text)).withMessageContaining("HOST:PORT");
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0:80, true", "[::]:80, true", "127.0.0.1:80, false", "[::1]:80, false",
            "no-such-host.invalid:80, false"})
    void knowsWhetherAllAddressesAreMeant(String text, boolean wildcard) {
        assertThat(HostPort.parse(text).isWildcard()).isEqualTo(wildcard);
    }
}
