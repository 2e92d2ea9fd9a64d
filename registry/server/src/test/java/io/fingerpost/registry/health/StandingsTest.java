package io.fingerpost.registry.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.store.RegistryStoreContract;
import io.fingerpost.testing.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is recalled from where all processes keep it. */
class StandingsTest {
    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-30T12:00:00Z"));
    private final Standings standings = Standings.inMemory(clock);
    private final Peer anna = RegistryStoreContract.peer(1, clock.instant().plusSeconds(30));

    @Test
    void isBelievedIfNothingIsKnownHere() {
        standings.recall(Map.of(anna.id(), Standing.CLEAN.quarantined(clock.instant())));

        assertThat(standings.of(anna).isQuarantined(clock.instant())).isTrue();
    }

    @Test
    void doesNotLiftAQuarantineThatDidNotGetThere() {
        Standing before = Standing.CLEAN.struck(clock.instant());
        clock.advance(Duration.ofSeconds(1));
        standings.keep(anna, Standing.CLEAN.quarantined(clock.instant()));

        standings.recall(Map.of(anna.id(), before));
        standings.recall(Map.of(anna.id(), Standing.CLEAN));

        assertThat(standings.of(anna).isQuarantined(clock.instant())).isTrue();
    }

    @Test
    void countsIfItWasFoundLater() {
        standings.keep(anna, Standing.CLEAN.struck(clock.instant()));
        clock.advance(Duration.ofSeconds(1));

        standings.recall(Map.of(anna.id(), Standing.CLEAN.quarantined(clock.instant())));

        assertThat(standings.of(anna).isQuarantined(clock.instant())).isTrue();
    }
}
