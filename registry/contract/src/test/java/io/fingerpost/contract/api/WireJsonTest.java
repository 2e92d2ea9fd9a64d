package io.fingerpost.contract.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.testing.TestPeer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
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

    /** Agents in other languages write these. */
    @Test
    void keepsTheFormOfRegistrationAndHeartbeat() {
        var registration = new TestPeer().registration(PeerEndpoint.parse("http://192.0.2.7:7400"),
                new UploadBudget(20_000_000, 32, 1L << 40));
        var report = new Heartbeat(new UploadReport(3, 1_000_000, 70_000_000), Optional.of(5L));

        String registered = WireJson.lenient().writeValueAsString(registration);
        String reported = WireJson.lenient().writeValueAsString(report);

        assertThat(registered).endsWith(
                ",\"budget\":{\"bitsPerSecond\":20000000,\"slots\":32,\"bytesPerMonth\":1099511627776},"
                        + "\"uploads\":{\"active\":0,\"bytesLeft\":0,\"servedThisMonth\":0}}");
        assertThat(reported).isEqualTo(
                "{\"uploads\":{\"active\":3,\"bytesLeft\":1000000,\"servedThisMonth\":70000000},\"holdings\":5}");
        assertThat(WireJson.lenient().writeValueAsString(new Heartbeat(UploadReport.IDLE, Optional.empty())))
                .endsWith(",\"holdings\":null}");
        assertThat(WireJson.read(WireJson.strict(), bytes(registered), Registration.class)).isEqualTo(registration);
        assertThat(WireJson.read(WireJson.strict(), bytes(reported), Heartbeat.class)).isEqualTo(report);
    }

    private static void assertUnreadable(JsonMapper json, String text) {
        assertThatExceptionOfType(JacksonException.class)
                .isThrownBy(() -> WireJson.read(json, bytes(text), Sample.class));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
