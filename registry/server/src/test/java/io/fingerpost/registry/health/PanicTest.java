package io.fingerpost.registry.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PeerId;
import io.fingerpost.registry.RegistryFixture;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PanicTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration WINDOW = Duration.ofSeconds(90);

    private final Panic panic = new Panic();

    private static PeerId peer(int number) {
        return new PeerId(RegistryFixture.digest(number).base64Url());
    }

    private void probe(int from, int to, boolean failure, Instant now) {
        for (int i = from; i < to; i++) {
            panic.note(peer(i), true, failure, now, WINDOW);
        }
    }

    @Test
    void beginsWhenMoreThanHalfFail() {
        probe(0, 6, false, NOW);
        probe(6, 12, true, NOW);
        assertThat(panic.getAsBoolean()).as("half of them").isFalse();

        probe(12, 13, true, NOW);

        assertThat(panic.getAsBoolean()).isTrue();
    }

    @Test
    void ofLessThanTenPeersAllMayFail() {
        probe(0, 9, true, NOW);
        assertThat(panic.getAsBoolean()).isFalse();

        probe(9, 10, true, NOW);

        assertThat(panic.getAsBoolean()).isTrue();
    }

    @Test
    void endsWhenHalfOfThemAnswerAgain() {
        probe(0, 10, true, NOW);

        probe(0, 4, false, NOW);
        assertThat(panic.getAsBoolean()).isTrue();
        probe(4, 5, false, NOW);

        assertThat(panic.getAsBoolean()).isFalse();
    }

    @Test
    void thatOnePeerFailsAgainAndAgainIsNoPanic() {
        for (int i = 0; i < 100; i++) {
            panic.note(peer(1), true, true, NOW, WINDOW);
        }

        assertThat(panic.getAsBoolean()).isFalse();
    }

    @Test
    void failuresOfLongAgoDoNotAddUp() {
        for (int i = 0; i < 30; i++) {
            probe(i, i + 1, true, NOW.plusSeconds(11L * i));
        }

        assertThat(panic.getAsBoolean()).isFalse();
    }

    @Test
    void thoseWhoWereDownBeforeDoNotCount() {
        for (int i = 0; i < 100; i++) {
            panic.note(peer(i), false, true, NOW, WINDOW);
        }

        assertThat(panic.getAsBoolean()).isFalse();
    }
}
