package io.fingerpost.contract.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LeaseTermsTest {
    @ParameterizedTest
    @CsvSource({"PT30S, PT30S", "PT30S, PT31S", "PT30S, PT0S", "PT30S, PT-1S", "PT0S, PT0S"})
    void refuseAHeartbeatThatCannotKeepTheLease(Duration ttl, Duration heartbeat) {
        assertThatIllegalArgumentException().isThrownBy(() -> new LeaseTerms(ttl, heartbeat));
    }

    /** 10,000 heartbeats a second are too many for a registry that wants 5,000. */
    @Test
    void stretchWithTheNumberOfPeers() {
        var terms = new LeaseTerms(Duration.ofSeconds(30), Duration.ofSeconds(10));

        assertThat(terms.forPeers(50_000, 5_000)).isSameAs(terms);
        assertThat(terms.forPeers(100_000, 5_000))
                .isEqualTo(new LeaseTerms(Duration.ofSeconds(60), Duration.ofSeconds(20)));
    }
}
