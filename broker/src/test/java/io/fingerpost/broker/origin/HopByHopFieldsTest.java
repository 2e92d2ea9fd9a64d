package io.fingerpost.broker.origin;

import static org.assertj.core.api.Assertions.assertThat;

import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HopByHopFieldsTest {
    private final HeaderMap fields = new HeaderMap();

    private void field(String name, String value) {
        fields.add(new HttpString(name), value);
    }

    private Iterable<String> namesLeft() {
        HopByHopFields.strip(fields);
        return fields.getHeaderNames().stream().map(HttpString::toString).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection", "Proxy-Connection", "Keep-Alive", "TE", "Transfer-Encoding", "Upgrade",
            "HTTP2-Settings", "Proxy-Authorization", "Proxy-Authenticate"})
    void whatConcernsOneConnectionIsRemoved(String name) {
        field(name, "x");
        field("Accept", "*/*");

        assertThat(namesLeft()).containsExactly("Accept");
    }

    @Test
    void whatConnectionNamesIsRemovedFromAllItsLines() {
        field("Connection", "close, X-One");
        field("Connection", ",, x-two ,");
        field("X-One", "1");
        field("X-One", "again");
        field("X-Two", "2");
        field("X-Three", "3");

        assertThat(namesLeft()).containsExactly("X-Three");
    }

    @Test
    void whatAMessageCannotDoWithoutStaysWhoeverNamesIt() {
        field("Connection", "host, content-length");
        field("Host", "a.example");
        field("Content-Length", "3");

        assertThat(namesLeft()).containsExactlyInAnyOrder("Host", "Content-Length");
    }

    @Test
    void aConnectionOptionThatIsNoFieldNameNamesNothing() {
        field("Connection", "caf\u00e9, x y, X-One");
        field("X-One", "1");
        field("Accept", "*/*");

        assertThat(namesLeft()).containsExactly("Accept");
    }
}
