package io.fingerpost.registry.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NamesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Names names = new Names();

    @Test
    void anAddressIsItself() throws IOException {
        assertThat(names.resolve("192.0.2.1", Duration.ZERO)).containsExactly(InetAddress.ofLiteral("192.0.2.1"));
        assertThat(names.resolve("[2001:db8::1]", Duration.ZERO))
                .containsExactly(InetAddress.ofLiteral("2001:db8::1"));
    }

    @Test
    void aNameHasItsAddresses() throws IOException {
        assertThat(names.resolve("localhost", PATIENCE)).isNotEmpty().allMatch(InetAddress::isLoopbackAddress);
    }

    @Test
    void aNameThatIsNoneIsToldSo() {
        assertThatIOException().isThrownBy(() -> names.resolve("no-such-host.invalid", PATIENCE))
                .withMessageContaining("does not resolve");
    }
}
