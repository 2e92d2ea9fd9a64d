package io.fingerpost.contract.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PriorityFieldTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"u=0|0", "u=7|7", "u=5, i|5", "i,  u=1|1", "u=2;x=1, a=b|2", "u=1, u=6|6"})
    void saysHowUrgentAnAnswerIs(String field, int urgency) {
        assertThat(PriorityField.urgency(field)).isEqualTo(urgency);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "i", "u", "u=", "u=8", "u=-1", "u=12", "u=x", "U=1", ",,,", "=;=,u =1"})
    void orNothingThatMakesSense(String field) {
        assertThat(PriorityField.urgency(field)).isEqualTo(PriorityField.DEFAULT);
    }

    @Test
    void isAbsentInMostRequests() {
        assertThat(PriorityField.urgency(null)).isEqualTo(PriorityField.DEFAULT);
        assertThat(PriorityField.urgency(PriorityField.format(4))).isEqualTo(4);
    }
}
