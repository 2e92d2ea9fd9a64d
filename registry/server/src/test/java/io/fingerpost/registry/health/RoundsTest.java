package io.fingerpost.registry.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.registry.store.Peer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RoundsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static Rounds rounds(int perSecond) {
        return new Rounds(MINUTE, perSecond, new Random(1));
    }

    private static List<Peer> peers(int count) {
        return Stream.generate(HealthFixture::somePeer).limit(count).toList();
    }

    /** Who was probed how often in some seconds. */
    private static Map<Peer, Integer> probed(Rounds rounds, int seconds) {
        var probed = new HashMap<Peer, Integer>();
        for (int second = 0; second < seconds; second++) {
            Instant now = NOW.plusSeconds(second);
            for (Chart chart = rounds.next(now); chart != null; chart = rounds.next(now)) {
                probed.merge(chart.peer, 1, Integer::sum);
                rounds.schedule(chart, now.plus(rounds.pause()));
            }
        }
        return probed;
    }

    @Test
    void eachPeerHasItsTurnAboutOnceInAnInterval() {
        var rounds = rounds(50);
        peers(20).forEach(peer -> rounds.chart(peer, NOW));

        var probed = probed(rounds, 600);

        assertThat(probed).hasSize(20).allSatisfy((_, count) -> assertThat(count).isBetween(8, 12));
    }

    @Test
    void aRoundTakesLongerWhenThereAreMorePeersThanTheAllowanceCanSee() {
        var rounds = rounds(2);
        peers(480).forEach(peer -> rounds.chart(peer, NOW)); // four minutes' worth

        assertThat(rounds.interval()).hasMinutes(4);
        var probed = probed(rounds, 2400);

        assertThat(probed.values().stream().mapToInt(Integer::intValue).sum()).isBetween(4000, 4802);
        assertThat(probed).hasSize(480).allSatisfy((_, count) -> assertThat(count).isBetween(6, 13));
    }

    @Test
    void peersThatCameTogetherAreSpreadOut() {
        var rounds = rounds(1000);
        peers(60).forEach(peer -> rounds.chart(peer, NOW));
        int most = 0;
        for (int second = 0; second < 60; second++) {
            int count = 0;
            while (rounds.next(NOW.plusSeconds(second)) != null) {
                count++;
            }
            most = Math.max(most, count);
        }

        assertThat(most).isLessThan(10);
    }

    @Test
    void aHastenedPeerIsNextAndHasNoSecondTurn() {
        var rounds = rounds(50);
        peers(10).forEach(peer -> rounds.chart(peer, NOW));
        Chart last = rounds.chart(HealthFixture.somePeer(), NOW);
        rounds.schedule(last, NOW.plusSeconds(3000));

        rounds.hasten(last, NOW);

        assertThat(rounds.next(NOW)).isSameAs(last);
        last.isBusy = true;
        var seen = new HashSet<Chart>();
        for (Chart chart = rounds.next(NOW.plusSeconds(4000)); chart != null; chart = rounds
                .next(NOW.plusSeconds(4000))) {
            assertThat(seen.add(chart)).isTrue();
        }
        assertThat(seen).doesNotContain(last);
    }

    @Test
    void whoIsGoneHasNoTurn() {
        var rounds = rounds(50);
        var peer = HealthFixture.somePeer();
        rounds.chart(peer, NOW);

        rounds.removeIf(peer::equals);

        assertThat(rounds.next(NOW.plusSeconds(3600))).isNull();
        assertThat(rounds.size()).isZero();
    }
}
