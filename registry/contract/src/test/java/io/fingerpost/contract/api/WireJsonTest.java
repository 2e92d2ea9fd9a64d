package io.fingerpost.contract.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

class WireJsonTest {
    /** A record with a type of each kind. */
    record Sample(String text, long number, boolean flag, Duration span) {}

    @ParameterizedTest
    @ValueSource(strings = {
            "{\"text\":\"a\",\"number\":1,\"flag\":true,\"span\":\"PT1S\",\"more\":1}", // unknown
            "{\"text\":\"a\",\"number\":1,\"flag\":true,\"span\":\"PT1S\"} {}", // trailing
            "{\"text\":\"a\",\"number\":\"1\",\"flag\":true,\"span\":\"PT1S\"}", // wrong types
            "{\"text\":\"a\",\"number\":1.9,\"flag\":true,\"span\":\"PT1S\"}",
            "{\"text\":\"a\",\"number\":1,\"flag\":1,\"span\":\"PT1S\"}",
            "{\"text\":\"a\",\"number\":1,\"flag\":\"true\",\"span\":\"PT1S\"}"})
    void isStrictWithStrangers(String text) {
        assertUnreadable(WireJson.strict(), text);
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "null", "", "[]", "\"\"", "{", "{\"text\":\"a\",\"number\":1,\"flag\":true}",
            "{\"text\":null,\"number\":1,\"flag\":true,\"span\":\"PT1S\"}",
            "{\"text\":\"a\",\"number\":null,\"flag\":true,\"span\":\"PT1S\"}",
            "{\"text\":\"a\",\"text\":\"b\",\"number\":1,\"flag\":true,\"span\":\"PT1S\"}"})
    void neverMakesHalfARecord(String text) {
        assertUnreadable(WireJson.strict(), text);
        assertUnreadable(WireJson.lenient(), text);
    }

    @Test
    void toleratesNewFieldsFromARegistry() {
        String text = "{\"text\":\"a\",\"number\":1,\"flag\":true,\"span\":\"PT1S\",\"more\":1}";

        assertThat(WireJson.read(WireJson.lenient(), bytes(text), Sample.class))
                .isEqualTo(new Sample("a", 1, true, Duration.ofSeconds(1)));
    }

    /** Agents in other languages read these; ISO 8601 is what they have libraries for. */
    @Test
    void writesTimesAsText() {
        assertThat(
                WireJson.strict().writeValueAsString(new LeaseTerms(Duration.ofSeconds(30), Duration.ofMillis(7500))))
                .isEqualTo("{\"ttl\":\"PT30S\",\"heartbeat\":\"PT7.5S\"}");
    }

    private static void assertUnreadable(JsonMapper json, String text) {
        assertThatExceptionOfType(JacksonException.class)
                .isThrownBy(() -> WireJson.read(json, bytes(text), Sample.class));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
