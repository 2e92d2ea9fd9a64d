package io.fingerpost.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceUrlTest {
    @ParameterizedTest
    @CsvSource({"http://broker:8080/a/b, http://broker:8080, /a/b",
            "https://broker/a?b=c%20d&e, https://broker, /a?b=c%20d&e",
            "http://broker, http://broker, /", "http://broker?x, http://broker, /?x",
            "http://[::1]:80/x, http://[::1]:80, /x",
            "http://broker//evil.example/x, http://broker, //evil.example/x",
            "http://broker/a#part, http://broker, /a"})
    void partsABrokerFromAResource(String text, String broker, String resource) {
        assertThat(ResourceUrl.parse(text)).isEqualTo(new ResourceUrl(broker, resource));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "file", "/a/b", "ftp://broker/x", "http:///x", "http://user@broker/x",
            "http://bro ker/x",
            "mailto:broker", "httpsx://broker/x"})
    void refusesWhatIsNoUrlOfASite(String text) {
        assertThatThrownBy(() -> ResourceUrl.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
