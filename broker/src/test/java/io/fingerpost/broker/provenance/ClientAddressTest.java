package io.fingerpost.broker.provenance;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.routing.Client;
import io.fingerpost.registry.admission.Networks;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** 10.0.0.0/8 and fd00::/8 are the operator's proxies; 10.0.0.1 is the one that is connected. */
class ClientAddressTest {
    private static final Networks TRUSTED = Networks.parse(List.of("10.0.0.0/8", "fd00::/8"));

    private static Client find(ForwardedField field, Client peer, Map<String, String> fields) {
        var anyCase = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(fields);
        return new ClientAddress(TRUSTED, field).find(peer, anyCase::get);
    }

    private static Client client(String address, boolean secure) {
        return new Client(InetAddress.ofLiteral(address), secure);
    }

    private static String xForwardedFor(String value) {
        return find(ForwardedField.X_FORWARDED_FOR, client("10.0.0.1", false), Map.of("X-Forwarded-For", value))
                .address().getHostAddress();
    }

    private static Client forwarded(String value) {
        return find(ForwardedField.FORWARDED, client("10.0.0.1", false), Map.of("Forwarded", value));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "192.0.2.1 | 192.0.2.1",
            "192.0.2.1:4711 | 192.0.2.1",
            "198.51.100.7, 192.0.2.1 | 192.0.2.1",
            "198.51.100.7,192.0.2.1, 10.0.0.2 | 192.0.2.1",
            "10.0.0.9, 192.0.2.1, 10.0.0.2 | 192.0.2.1",
            "10.0.0.9, 10.0.0.2 | 10.0.0.9",
            "2001:db8::1 | 2001:db8:0:0:0:0:0:1",
            "[2001:db8::1]:4711 | 2001:db8:0:0:0:0:0:1",
            "2001:db8::1, fd00::2 | 2001:db8:0:0:0:0:0:1",
            "::ffff:192.0.2.1 | 192.0.2.1",
            "192.0.2.1, ::ffff:10.0.0.2 | 192.0.2.1"})
    void theClientIsTheFirstFromTheRightThatIsNoProxyOfOurs(String field, String client) {
        assertThat(xForwardedFor(field)).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "'' | 10.0.0.1",
            "unknown | 10.0.0.1",
            "192.0.2.1, unknown | 10.0.0.1",
            "192.0.2.1, _hidden, 10.0.0.2 | 10.0.0.2",
            "192.0.2.1,, 10.0.0.2 | 10.0.0.2",
            "192.0.2.1, 10.2 | 10.0.0.1",
            "192.0.2.1, 010.0.0.2 | 10.0.0.1",
            "192.0.2.1, 10.0.0.256 | 10.0.0.1",
            "192.0.2.1, 10.0.0.2:x | 10.0.0.1",
            "192.0.2.1, localhost | 10.0.0.1",
            "192.0.2.1, fd00::2%eth0 | 10.0.0.1",
            "192.0.2.1, ::::: | 10.0.0.1",
            "192.0.2.1, deadbeef | 10.0.0.1"})
    void nothingLeftOfWhatIsNoAddressIsBelieved(String field, String client) {
        assertThat(xForwardedFor(field)).isEqualTo(client);
    }

    @Test
    void nobodyElseIsBelieved() {
        var fields = Map.of("X-Forwarded-For", "192.0.2.1", "X-Forwarded-Proto", "https", "Forwarded",
                "for=192.0.2.1;proto=https");
        var peer = client("192.0.2.200", false);

        assertThat(find(ForwardedField.X_FORWARDED_FOR, peer, fields)).isEqualTo(peer);
        assertThat(find(ForwardedField.FORWARDED, peer, fields)).isEqualTo(peer);
    }

    @Test
    void theFieldThatTheProxiesDoNotSetIsNotBelieved() {
        var peer = client("10.0.0.1", false);

        assertThat(find(ForwardedField.X_FORWARDED_FOR, peer, Map.of("Forwarded", "for=192.0.2.1;proto=https")))
                .isEqualTo(peer);
        assertThat(find(ForwardedField.FORWARDED, peer,
                Map.of("X-Forwarded-For", "192.0.2.1", "X-Forwarded-Proto", "https"))).isEqualTo(peer);
    }

    @Test
    void noMoreThanSoManyEntriesAreLookedAt() {
        String proxies = ", 10.0.0.2".repeat(31);

        assertThat(xForwardedFor("192.0.2.1" + proxies)).isEqualTo("192.0.2.1");
        assertThat(xForwardedFor("192.0.2.1, 10.0.0.2" + proxies)).isEqualTo("10.0.0.2");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
            "for=192.0.2.1 | 192.0.2.1",
            "FOR=\"192.0.2.1:4711\";by=10.0.0.1 | 192.0.2.1",
            "for=\"[2001:db8::1]:4711\" | 2001:db8:0:0:0:0:0:1",
            "for=\"[2001:db8::1]\" ; proto=https | 2001:db8:0:0:0:0:0:1",
            "for=198.51.100.7, for=192.0.2.1, for=10.0.0.2 | 192.0.2.1",
            "for=\"open, for=192.0.2.1 | 192.0.2.1",
            "for=\"a,b\", for=192.0.2.1 | 192.0.2.1",
            "for=192.0.2.1, for=\"_hid,den\", for=10.0.0.2 | 10.0.0.2",
            "for=192.0.2.1, for=unknown | 10.0.0.1",
            "for=192.0.2.1, for=\"_hidden\" | 10.0.0.1",
            "for=192.0.2.1, by=10.0.0.1 | 10.0.0.1",
            "for=192.0.2.1;for=198.51.100.7 | 10.0.0.1",
            "for=\"192.0.2.\\1\" | 10.0.0.1",
            "192.0.2.1 | 10.0.0.1"})
    void forwardedIsReadFromTheRightAsWell(String field, String client) {
        assertThat(forwarded(field).address().getHostAddress()).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\'', value = {
            "for=192.0.2.1;proto=https | true",
            "for=192.0.2.1;proto=\"https\" | true",
            "for=192.0.2.1;proto=http | false",
            "for=192.0.2.1;proto=gopher | false",
            "for=192.0.2.1;proto=https, for=10.0.0.2;proto=http | true",
            "for=198.51.100.7;proto=https, for=192.0.2.1;proto=http | false",
            "for=_hidden;proto=https | true",
            "for=198.51.100.7;proto=https, for=192.0.2.1 | false"})
    void theSchemeIsWhatTheProxyThatSawTheClientSays(String field, boolean secure) {
        assertThat(forwarded(field).secure()).isEqualTo(secure);
    }

    @ParameterizedTest
    @CsvSource({"https, false, true", "http, true, false", "'http, https', false, true", "gopher, true, true",
            "HTTPS, false, false", "'', true, true"})
    void theSchemeIsTheLastThatAProxySet(String proto, boolean connection, boolean secure) {
        var found = find(ForwardedField.X_FORWARDED_FOR, client("10.0.0.1", connection),
                Map.of("X-Forwarded-For", "192.0.2.1", "X-Forwarded-Proto", proto));

        assertThat(found).isEqualTo(client("192.0.2.1", secure));
    }
}
