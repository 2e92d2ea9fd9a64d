package io.fingerpost.registry.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {
    private final AddressPolicy policy = new AddressPolicy(List.of());

    @ParameterizedTest
    @CsvSource({
            "0.0.0.0, 0.255.255.255", "10.0.0.0, 10.255.255.255", "100.64.0.0, 100.127.255.255",
            "127.0.0.0, 127.255.255.255",
            "169.254.0.0, 169.254.255.255", "172.16.0.0, 172.31.255.255", "192.0.0.0, 192.0.0.255",
            "192.0.2.0, 192.0.2.255",
            "192.88.99.0, 192.88.99.255", "192.168.0.0, 192.168.255.255", "198.18.0.0, 198.19.255.255",
            "198.51.100.0, 198.51.100.255", "203.0.113.0, 203.0.113.255", "224.0.0.0, 239.255.255.255",
            "240.0.0.0, 255.255.255.255",
            "::, ::", "::1, ::1", "::7f00:1, ::ffff:ffff", "64:ff9b::, 64:ff9b::ffff:ffff",
            "64:ff9b:1::, 64:ff9b:1:ffff::1", "100::, 100::1",
            "2001::, 2001:1ff:ffff::1", "2001:db8::, 2001:db8:ffff:ffff::1", "2002::, 2002:7f00:1::1",
            "3fff::, 3fff:fff::1",
            "5f00::, 5f00:ffff::1", "fc00::, fdff:ffff::1", "fe80::, febf::1", "fec0::, feff::1", "ff00::, ffff::1"})
    void refusesBothEndsOfEverySpecialNetwork(String first, String last) throws UnknownHostException {
        assertThat(policy.refusal(InetAddress.getByName(first))).isPresent();
        assertThat(policy.refusal(InetAddress.getByName(last))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
            "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "203.0.112.255", "203.0.114.0",
            "223.255.255.255",
            "2001:200::1", "2001:db7:ffff::1", "2001:db9::1", "2003::1", "2606:4700::1111", "3ffe::1"})
    void takesPublicAddressesUpToTheirNeighbours(String address) throws UnknownHostException {
        assertThat(policy.refusal(InetAddress.getByName(address))).isEmpty();
    }

    @Test
    void saysWhichNetworkItIsAndWhatWouldAllowIt() throws UnknownHostException {
        assertThat(policy.refusal(InetAddress.getByName("169.254.169.254"))).get().asString()
                .contains("169.254.0.0/16").contains("--allow-peers");
    }

    @Test
    void looksThroughIpv4InIpv6Clothes() throws UnknownHostException {
        InetAddress mapped = InetAddress.getByName("::ffff:127.0.0.1");

        assertThat(policy.refusal(mapped)).isPresent();
        assertThat(new AddressPolicy(List.of("127.0.0.0/8")).refusal(mapped)).isEmpty();
    }

    /** The JDK never hands these out by itself; if anything ever does, it is no way around the IPv4 networks. */
    @Test
    void refusesIpv4InIpv6ClothesThatTheJdkDidNotTakeOff() throws UnknownHostException {
        var bytes = new byte[16];
        bytes[10] = (byte) 0xff;
        bytes[11] = (byte) 0xff;
        System.arraycopy(InetAddress.getByName("8.8.8.8").getAddress(), 0, bytes, 12, 4);

        assertThat(policy.refusal(Inet6Address.getByAddress("peer.example", bytes, 0))).isPresent();
    }

    @Test
    void allowsWhatTheOperatorNamesAndNothingBeside() throws UnknownHostException {
        var lan = new AddressPolicy(List.of("192.168.7.0/24", "fd12::/16", "10.1.2.3"));

        assertThat(lan.refusal(InetAddress.getByName("192.168.7.255"))).isEmpty();
        assertThat(lan.refusal(InetAddress.getByName("192.168.8.0"))).isPresent();
        assertThat(lan.refusal(InetAddress.getByName("fd12::9"))).isEmpty();
        assertThat(lan.refusal(InetAddress.getByName("fd13::9"))).isPresent();
        assertThat(lan.refusal(InetAddress.getByName("10.1.2.3"))).isEmpty();
        assertThat(lan.refusal(InetAddress.getByName("10.1.2.4"))).isPresent();
        assertThat(lan.refusal(InetAddress.getByName("127.0.0.1"))).isPresent();
        assertThat(lan.refusal(InetAddress.getByName("8.8.8.8"))).isEmpty();
    }

    @Test
    void takesAnAddressWithinANetworkForTheNetwork() throws UnknownHostException {
        assertThat(new AddressPolicy(List.of("10.9.8.7/8")).refusal(InetAddress.getByName("10.200.0.1"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129", "10.0.0.256/8",
            "10.0.0.0.0/8", "10.0.0.0/8 ",
            "peer.example", "*", "10.*.0.0/16", "10.0-5.0.0/16", "fe80::1%eth0", "fe80::1%eth0/64", ":::/8",
            "[::1]/128", "10.0.0.0/255.0.0.0",
            "10.0.0.0/8,127.0.0.0/8", "all", "10", "10/8", "10.0/16", "0x0a000000/8", "1.2.3-4.5", "cafe",
            "010.0.0.0/8"})
    void refusesWhatIsNoNetwork(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> new AddressPolicy(List.of("127.0.0.0/8", text)))
                .withMessage("'" + text + "' is not a network such as 10.0.0.0/8");
    }

    @ParameterizedTest
    @ValueSource(ints = {443, 1024, 8080, 8443, 65_535})
    void takesPortsThatClientsCanReach(int port) {
        assertThat(policy.refusal(port)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 22, 25, 53, 80, 442, 444, 1023})
    void refusesPortsOfOtherServices(int port) {
        assertThat(policy.refusal(port)).get().asString().contains(Integer.toString(port)).contains("1024");
    }

    @ParameterizedTest
    @ValueSource(ints = {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669,
            6679, 6697, 10_080})
    void refusesPortsThatBrowsersRefuse(int port) {
        assertThat(policy.refusal(port)).get().asString().contains("browsers");
    }
}
