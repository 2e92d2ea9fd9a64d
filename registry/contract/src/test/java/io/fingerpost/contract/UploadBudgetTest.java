package io.fingerpost.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UploadBudgetTest {
    @ParameterizedTest
    @CsvSource({"1, 0, 0", "1000000000000, 1024, 9007199254740992"})
    void reachesToItsBounds(long bitsPerSecond, int slots, long bytesPerMonth) {
        var budget = new UploadBudget(bitsPerSecond, slots, bytesPerMonth);

        assertThat(budget.bitsPerSecond()).isEqualTo(bitsPerSecond);
        assertThat(budget.slots()).isEqualTo(slots);
        assertThat(budget.bytesPerMonth()).isEqualTo(bytesPerMonth);
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 0, bitsPerSecond", "-1, 1, 0, bitsPerSecond", "1000000000001, 1, 0, bitsPerSecond",
            "1, -1, 0, slots", "1, 1025, 0, slots", "1, 1, -1, bytesPerMonth", "1, 1, 9007199254740993, bytesPerMonth"})
    void namesWhatLiesOutside(long bitsPerSecond, int slots, long bytesPerMonth, String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new UploadBudget(bitsPerSecond, slots, bytesPerMonth))
                .withMessageStartingWith(name + " must be ").withMessageContaining(", was ");
    }
}
