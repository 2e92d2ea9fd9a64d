package io.fingerpost.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import io.fingerpost.contract.api.WireJson;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayedHeadersTest {
    @Test
    void areFoundWithoutCaseAndWrittenInTheirUsualCase() {
        var headers = new ReplayedHeaders(Map.of("content-type", "text/css", "ETAG", "\"v1\""));

        assertThat(headers.get("Etag")).isEqualTo("\"v1\"");
        assertThat(headers.asMap()).containsExactly(entry("Content-Type", "text/css"), entry("ETag", "\"v1\""));
    }

    @Test
    void keepWhatAHeaderFieldMayHold() {
        String value = "attachment;\tfilename=\"caf\u00e9.bin\"";

        assertThat(new ReplayedHeaders(Map.of("Content-Disposition", value)).get("Content-Disposition"))
                .isEqualTo(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nSet-Cookie: x=1", "a\nb", "a\rb", "a\0b", "a\u007fb", "a\u001bb", "a\u0100b",
            "\ud83d\ude00"})
    void refuseValuesThatWouldBreakOutOfTheirField(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReplayedHeaders(Map.of("Content-Type", value)))
                .withMessageContaining("Content-Type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Set-Cookie", "Location", "Content-Length", "Transfer-Encoding", "Content-Encoding",
            "ETag\r\nSet-Cookie", "ETag ", ""})
    void refuseFieldsThatAreNotReplayed(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new ReplayedHeaders(Map.of(name, "x")));
    }

    @Test
    void refuseValuesLongerThanTheLimit() {
        assertThat(new ReplayedHeaders(Map.of("Vary", "x".repeat(4096))).get("Vary")).hasSize(4096);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReplayedHeaders(Map.of("Vary", "x".repeat(4097))));
    }

    @Test
    void travelAsAPlainObject() {
        var headers = new ReplayedHeaders(Map.of("ETag", "\"v1\""));
        var json = WireJson.strict();

        assertThat(json.writeValueAsString(headers)).isEqualTo("{\"ETag\":\"\\\"v1\\\"\"}");
        assertThat(json.readValue("{\"etag\":\"\\\"v1\\\"\"}", ReplayedHeaders.class)).isEqualTo(headers);
    }
}
