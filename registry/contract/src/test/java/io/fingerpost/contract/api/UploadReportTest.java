package io.fingerpost.contract.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UploadReportTest {
    @Test
    void reachesToItsBounds() {
        var report = new UploadReport(1024, UploadReport.MAX_BYTES, UploadReport.MAX_BYTES);

        assertThat(report.active()).isEqualTo(1024);
        assertThat(report.bytesLeft()).isEqualTo(9_007_199_254_740_992L);
        assertThat(report.servedThisMonth()).isEqualTo(9_007_199_254_740_992L);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0, 0, active", "1025, 0, 0, active", "0, -1, 0, bytesLeft", "0, 9007199254740993, 0, bytesLeft",
            "0, 0, -1, servedThisMonth", "0, 0, 9007199254740993, servedThisMonth"})
    void namesWhatLiesOutside(int active, long bytesLeft, long servedThisMonth, String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> new UploadReport(active, bytesLeft, servedThisMonth))
                .withMessageStartingWith(name + " must be ").withMessageContaining(", was ");
    }
}
