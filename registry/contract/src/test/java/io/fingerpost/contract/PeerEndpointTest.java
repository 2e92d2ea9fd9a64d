package io.fingerpost.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fingerpost.contract.api.WireJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;

class PeerEndpointTest {
    @ParameterizedTest
    @CsvSource({
            "http://peer.example:8080, http://peer.example:8080", "https://peer.example, https://peer.example:443",
            "http://peer.example/, http://peer.example:80", "http://PEER.Example:8080, http://peer.example:8080",
            "http://192.0.2.7:8080, http://192.0.2.7:8080", "http://[2001:DB8::7]:8080, http://[2001:db8::7]:8080",
            "http://0.0.0.0:1, http://0.0.0.0:1", "http://peer.example:65535, http://peer.example:65535"})
    void isReadIntoOneForm(String text, String url) {
        assertThat(PeerEndpoint.parse(text).url()).isEqualTo(url);
    }

    @Test
    void hasTheAuthorityThatAHostFieldWants() {
        assertThat(PeerEndpoint.parse("https://[::1]").authority()).isEqualTo("[::1]:443");
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "http://user@peer.example:80", "http://user:word@peer.example:80", "http://@peer.example:80",
            "http://peer.example:80/path", "http://peer.example:80//", "http://peer.example:80/..",
            "http://peer.example:80?q", "http://peer.example:80#f", "http://peer.example:80\\@evil.example"})
    void refusesMoreThanSchemeHostAndPort(String text) {
        assertRefused(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "", " ", "peer.example:80", "//peer.example:80", "http:", "http://", "http:///", "http://:80",
            "http:peer.example:80",
            "ftp://peer.example:80", "file:///etc/passwd", "javascript:alert(1)", "HTTP://peer.example:80",
            "http:/peer.example"})
    void refusesWhatIsNoHttpUrl(String text) {
        assertRefused(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "http://peer.example:80\r\nSet-Cookie: x=1", "http://peer.example\r\n:80", "http://peer.example:80\n",
            "http://peer .example:80", " http://peer.example:80", "http://peer.example:80 ", "http://peer.example\t:80",
            "http://peer.example\0:80", "http://peer,example:80", "http://peer>example:80", "http://peer\"example:80",
            "http://peer%2eexample:80", "http://p\u00e9er.example:80", "http://peer\u3002example:80"})
    void refusesCharactersThatWouldBreakOutOfAHeaderField(String text) {
        assertRefused(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "http://peer.example:0", "http://peer.example:65536", "http://peer.example:99999999999",
            "http://peer.example:-1",
            "http://peer.example:+80", "http://peer.example:8a", "http://peer.example:80:80",
            "http://peer.example:\u0663"})
    void refusesPortsThatDoNotExist(String text) {
        assertRefused(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "http://.peer.example:80", "http://peer..example:80", "http://peer.example.:80", "http://-peer.example:80",
            "http://peer_example:80", "http://*:80", "http://[::1:80", "http://::1:80", "http://[]:80",
            "http://[fe80::1%25eth0]:80", "http://[fe80::1%eth0]:80", "http://[v1.x]:80", "http://[1.2.3.4]:80"})
    void refusesHostsThatAreNone(String text) {
        assertRefused(text);
    }

    /** We would check one address, and a client would go to another: Java reads 0177 as 177, browsers as 127. */
    @ParameterizedTest
    @ValueSource(strings = {
            "http://0177.0.0.1:8080", "http://010.1.1.1:8080", "http://127.0.0.01:8080", "http://127.1:8080",
            "http://127.0.1:8080",
            "http://2130706433:8080", "http://017700000001:8080", "http://0x7f.0.0.1:8080", "http://0x7f000001:8080",
            "http://256.0.0.1:8080", "http://1.2.3.4.5:8080"})
    void refusesAddressesThatProgramsReadDifferently(String text) {
        assertRefused(text);
    }

    @Test
    void refusesEndlessText() {
        assertRefused("http://" + "a".repeat(300) + ":80");
    }

    @Test
    void travelsAsOneTextAndAsNothingElse() {
        var json = WireJson.strict();

        assertThat(json.writeValueAsString(PeerEndpoint.parse("http://peer.example:8080")))
                .isEqualTo("\"http://peer.example:8080\"");
        for (String other : new String[] {"{\"scheme\":\"http\",\"host\":\"peer.example\",\"port\":8080}", "80", "[]",
                "true"}) {
            assertThatExceptionOfType(JacksonException.class)
                    .isThrownBy(() -> json.readValue(other, PeerEndpoint.class));
        }
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.7, true", "172.16.0.1, true", "192.168.178.2, true", "[fd00::7], true", "127.0.0.1, false",
            "169.254.1.1, false", "192.0.2.7, false", "[2001:db8::1], false", "[fe80::1], false",
            "10.example, false"})
    void knowsPrivateAddresses(String host, boolean isPrivate) {
        assertThat(PeerEndpoint.parse("http://" + host + ":8080").privateAddress().isPresent()).isEqualTo(isPrivate);
    }

    private static void assertRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> PeerEndpoint.parse(text))
                .withMessageStartingWith("a peer endpoint")
                .withNoCause();
    }
}
