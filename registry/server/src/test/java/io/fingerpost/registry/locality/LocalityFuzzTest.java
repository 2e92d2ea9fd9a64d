package io.fingerpost.registry.locality;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.testing.FuzzTarget;
import io.fingerpost.testing.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Databases and networks that an operator got from somebody: read, or refused in one line and in time. */
class LocalityFuzzTest {
    private static final InetAddress IPV4 = InetAddress.ofLiteral("1.2.3.4");
    private static final InetAddress IPV6 = InetAddress.ofLiteral("2001:db8::1");

    @FuzzTarget
    void database(byte[] input) throws IOException {
        Path file = Files.createTempFile("fuzz", ".mmdb");
        try {
            Files.write(file, input);
            var locator = Locator
                    .load(new LocalityConfig(List.of(), 32, 64, Optional.of(file), Optional.empty()));
            assertThat(locator.locate(IPV4).isIpv6()).isFalse();
            assertThat(locator.locate(IPV6).isIpv6()).isTrue();
        } catch (ConfigException e) {
            assertThat(e.getMessage()).startsWith("bad value '" + file + "' for 'locality.asn-database': ")
                    .doesNotContain("\n");
        } finally {
            Files.delete(file);
        }
    }

    @FuzzTarget
    void network(byte[] input) {
        Refusal.orElse(() -> Cidr.parse(new String(input, UTF_8)), network -> {
            assertThat(network.prefix()).isBetween(0, network.ipv6() ? 64 : 32);
            long hosts = network.prefix() == 64 ? 0 : -1L >>> network.prefix();
            assertThat(network.first() & (network.ipv6() ? hosts : hosts & 0xFFFF_FFFF_0000_0000L)).isZero();
        });
    }
}
