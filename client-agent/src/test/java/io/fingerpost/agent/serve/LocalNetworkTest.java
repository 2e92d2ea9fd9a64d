package io.fingerpost.agent.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalNetworkTest {
    @ParameterizedTest
    @CsvSource({"10.1.2.3, true", "172.16.0.1, true", "172.31.255.255, true", "192.168.1.1, true", "169.254.7.7, true",
            "fd12::1, true", "fc00::1, true", "fe80::1, true", "::ffff:10.1.2.3, true",
            "172.15.0.1, false", "172.32.0.1, false", "192.0.2.1, false", "100.64.0.1, false", "127.0.0.1, false",
            "::1, false", "2001:db8::1, false", "fe00::1, false"})
    void knowsPrivateAndLinkLocalAddresses(String address, boolean isLocal) throws UnknownHostException {
        assertThat(LocalNetwork.has(InetAddress.getByName(address))).isEqualTo(isLocal);
    }
}
