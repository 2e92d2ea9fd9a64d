package io.fingerpost.contract.api;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseTermsTest {
    @ParameterizedTest
    @CsvSource({"PT30S, PT30S", "PT30S, PT31S", "PT30S, PT0S", "PT30S, PT-1S", "PT0S, PT0S"})
    void refuseAHeartbeatThatCannotKeepTheLease(Duration ttl, Duration heartbeat) {
        assertThatIllegalArgumentException().isThrownBy(() -> new LeaseTerms(ttl, heartbeat));
    }
}
