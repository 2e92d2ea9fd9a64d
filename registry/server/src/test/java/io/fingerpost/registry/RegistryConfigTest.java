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
            "PT0S, 1, 1, PT1S, 'proof-timeout must be positive, was PT0S'",
            "PT1S, 0, 1, PT1S, 'max-peers must be at least 1, was 0'",
            "PT1S, 1, -1, PT1S, 'max-holdings-per-peer must be at least 1, was -1'",
            "PT1S, 1, 1, PT0.999S, 'ticket-ttl must be at least 1s, was PT0.999S'"})
    void namesTheKeyAndTheValueItRefuses(Duration proofTimeout, int maxPeers, int maxHoldings, Duration ticketTtl,
            String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RegistryConfig(List.of(), Optional.empty(), proofTimeout, maxPeers,
                        maxHoldings, ticketTtl, new ByteSize(1), RegistryConfig.StoreKind.MEMORY))
                .withMessage(message);
    }

    /** `token: ${TOKEN:}` without the variable must not make everybody with an empty token a super-node. */
    @Test
    void takesAnEmptyTokenForNone() {
        assertThat(RegistryFixture.config(Optional.of("")).superNodeToken()).isEmpty();
    }
}
