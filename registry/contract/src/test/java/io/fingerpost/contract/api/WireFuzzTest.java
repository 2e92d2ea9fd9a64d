package io.fingerpost.contract.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.Representation;
import io.fingerpost.testing.FuzzTarget;
import io.fingerpost.testing.Refusal;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Bodies that strangers send: no record, or one that is written so that it is read again. */
class WireFuzzTest {
    private static final JsonMapper STRICT = WireJson.strict();
    private static final JsonMapper LENIENT = WireJson.lenient();

    @FuzzTarget
    void holdings(byte[] input) {
        Refusal.orElse(() -> HoldingsUpdate.parse(input), update -> {
            assertThat(HoldingsUpdate.parse(update.bytes())).isEqualTo(update);
            assertThat(update.bytes()).hasSizeLessThanOrEqualTo(input.length);
            assertThat(update.hold().size() + update.drop().size()).isLessThanOrEqualTo(HoldingsUpdate.MAX_ENTRIES);
        });
    }

    @FuzzTarget
    void registration(byte[] input) {
        readAndWritten(STRICT, input, Registration.class);
    }

    @FuzzTarget
    void heartbeat(byte[] input) {
        readAndWritten(STRICT, input, Heartbeat.class);
    }

    /** What a broker says is not trusted either. */
    @FuzzTarget
    void answers(byte[] input) {
        for (Class<?> type : new Class<?>[] {LeaseGrant.class, LeaseRenewal.class, Discovery.class, Problem.class}) {
            readAndWritten(LENIENT, input, type);
        }
    }

    @FuzzTarget
    void representation(byte[] input) {
        readAndWritten(LENIENT, input, Representation.class);
    }

    private static <T> void readAndWritten(JsonMapper json, byte[] input, Class<T> type) {
        T value;
        try {
            value = WireJson.read(json, input, type);
        } catch (JacksonException e) {
            return;
        }
        byte[] written = json.writeValueAsBytes(value);
        T again = WireJson.read(json, written, type);
        assertThat(json.writeValueAsBytes(again)).isEqualTo(written);
    }
}
