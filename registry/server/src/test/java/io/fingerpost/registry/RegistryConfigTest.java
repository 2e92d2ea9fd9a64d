package io.fingerpost.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.fingerpost.contract.config.ByteSize;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistryConfigTest {
    @ParameterizedTest
    @CsvSource({
            "PT0S, 1, 1, 1, PT1S, 'proof-timeout must be positive, was PT0S'",
            "PT1S, 0, 1, 1, PT1S, 'max-peers must be at least 1, was 0'",
            "PT1S, 1, 0, 1, PT1S, 'heartbeats-per-second must be at least 1, was 0'",
            "PT1S, 1, 1, -1, PT1S, 'max-holdings-per-peer must be at least 1, was -1'",
            "PT1S, 1, 1, 1, PT0.999S, 'ticket-ttl must be at least 1s, was PT0.999S'"})
    void namesTheKeyAndTheValueItRefuses(Duration proofTimeout, int maxPeers, int heartbeats,
            int maxHoldings, Duration ticketTtl,
            String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RegistryConfig(List.of(), Optional.empty(), proofTimeout, maxPeers,
                        heartbeats, maxHoldings, ticketTtl, new ByteSize(1), Duration.ofMinutes(1), 50,
                        StoreLocation.MEMORY, 1_000, List.of()))
                .withMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
            "PT0.999S, 50, 'probe-interval must be 1s to 1h, was PT0.999S'",
            "PT1H1S, 50, 'probe-interval must be 1s to 1h, was PT1H1S'",
            "PT1H, 0, 'probes-per-second must be 1 to 10000, was 0'",
            "PT1S, 10001, 'probes-per-second must be 1 to 10000, was 10001'"})
    void namesTheKeyOfProbesThatItRefuses(Duration interval, int perSecond, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RegistryConfig(List.of(), Optional.empty(), Duration.ofSeconds(1), 1, 1, 1,
                        Duration.ofSeconds(1), new ByteSize(1), interval, perSecond, StoreLocation.MEMORY, 1_000,
                        List.of()))
                .withMessage(message);
    }

    /** `token: ${TOKEN:}` without the variable must not make everybody with an empty token a super-node. */
    @Test
    void takesAnEmptyTokenForNone() {
        assertThat(RegistryFixture.config(Optional.of("")).superNodeToken()).isEmpty();
    }
}
