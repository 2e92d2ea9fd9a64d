package io.fingerpost.contract.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreferFieldTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"wait=2|2", "respond-async, wait=10|10", "Wait = 7|7", "wait=\"3\"|3",
            "wait=4; x=1, handling=lenient|4", "wait=1, wait=6|1", "a=\"b\", wait=99999|99999"})
    void saysHowLongAClientWaits(String field, int seconds) {
        assertThat(PreferField.waiting(field)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wait", "wait=", "wait=-1", "wait=x", "wait=100000", "await=1", "wait=1x", ",,,",
            "=;=,wait 1", "respond-async"})
    void orNothingThatMakesSense(String field) {
        assertThat(PreferField.waiting(field)).isZero();
    }

    @Test
    void isAbsentInMostRequests() {
        assertThat(PreferField.waiting((String) null)).isZero();
        assertThat(PreferField.waiting(PreferField.waiting(Duration.ofMillis(2_900)))).isEqualTo(Duration.ofSeconds(2));
    }
}
