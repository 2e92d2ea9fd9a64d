package io.fingerpost.registry.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandingTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static Duration quarantine(Standing standing, Instant from) {
        return Duration.between(from, standing.quarantinedUntil());
    }

    @Test
    void theThirdStrikeInShortSuccessionIsOneTooMany() {
        var twice = Standing.CLEAN.struck(NOW).struck(NOW.plusSeconds(60));

        assertThat(twice.isQuarantined(NOW.plusSeconds(60))).isFalse();
        assertThat(twice.struck(NOW.plusSeconds(120)).isQuarantined(NOW.plusSeconds(120))).isTrue();
    }

    @Test
    void aStrikeCountsForHalfAfterHalfAnHour() {
        var struck = Standing.CLEAN.struck(NOW);

        assertThat(struck.strikesAt(NOW.plusSeconds(1800))).isCloseTo(0.5, within(1e-9));
    }

    /** One failure each half hour never adds up to more than two. */
    @Test
    void whoFailsNowAndThenIsNeverQuarantined() {
        var standing = Standing.CLEAN;
        for (int i = 0; i < 1_000; i++) {
            standing = standing.struck(NOW.plus(Standing.HALF_LIFE.multipliedBy(i)));
        }

        assertThat(standing.quarantines()).isZero();
    }

    @Test
    void eachQuarantineIsTwiceAsLongAsTheOneBeforeUpToADay() {
        var standing = Standing.CLEAN;
        Instant now = NOW;
        var lengths = new ArrayList<Long>();
        for (int i = 0; i < 14; i++) {
            standing = standing.quarantined(now);
            lengths.add(quarantine(standing, now).toMinutes());
            now = standing.quarantinedUntil();
        }

        assertThat(lengths).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 512L, 1024L, 1440L, 1440L,
                1440L);
    }

    @Test
    void startsAnewAfterAWeekWithoutQuarantine() {
        var standing = Standing.CLEAN.quarantined(NOW).quarantined(NOW);
        Instant nearly = standing.quarantinedUntil().plus(Standing.PROBATION).minusMillis(1);

        assertThat(standing.isClean(nearly)).isFalse();
        assertThat(quarantine(standing.quarantined(nearly), nearly)).hasMinutes(4);
        assertThat(standing.isClean(nearly.plusMillis(1))).isTrue();
        assertThat(quarantine(standing.quarantined(nearly.plusMillis(1)), nearly.plusMillis(1))).hasMinutes(1);
    }

    @Test
    void theFirstInstantAfterAQuarantineIsOutsideIt() {
        var standing = Standing.CLEAN.quarantined(NOW);

        assertThat(standing.isQuarantined(NOW.plusSeconds(60).minusNanos(1))).isTrue();
        assertThat(standing.isQuarantined(NOW.plusSeconds(60))).isFalse();
    }

    @Test
    void theWorseOfTwoIsTakenInEachRespect() {
        var struck = Standing.CLEAN.struck(NOW);
        var quarantined = Standing.CLEAN.quarantined(NOW);

        for (var worse : List.of(struck.worse(quarantined, NOW), quarantined.worse(struck, NOW))) {
            assertThat(worse.strikesAt(NOW)).isEqualTo(1);
            assertThat(worse.quarantines()).isOne();
            assertThat(worse.isQuarantined(NOW)).isTrue();
        }
    }
}
