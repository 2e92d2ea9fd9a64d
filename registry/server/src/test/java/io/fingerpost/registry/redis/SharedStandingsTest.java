package io.fingerpost.registry.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.RegistryFixture;
import io.fingerpost.registry.health.Standing;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.store.RegistryStoreContract;
import io.fingerpost.testing.MutableClock;
import io.fingerpost.testing.redis.RedisProcess;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is held against peers is known for as long as it matters, and nothing stays in Redis for ever. */
class SharedStandingsTest {
    private static final Duration DAY = Duration.ofDays(1);

    private final MutableClock clock = new MutableClock(Instant.parse("2026-11-30T12:00:00Z"));
    private final PeerId anna = RegistryStoreContract.peer(1, clock.instant()).id();
    private final RedisProcess redis = RedisProcess.start();
    private final RedisLink link = new RedisLink(RedisAddress.parse(redis.url()), () -> {}, (_, _) -> {});
    private final SharedStandings standings = new SharedStandings(link, new Wire(), clock);

    @BeforeEach
    void start() {
        link.start();
    }

    @AfterEach
    void stop() {
        link.close();
        redis.close();
    }

    private Map<PeerId, Standing> read() {
        Map<PeerId, Standing> all = new HashMap<>();
        standings.read(all::putAll);
        return all;
    }

    private Standing quarantined() {
        return new Standing(3, clock.instant(), 1, clock.instant().plus(DAY));
    }

    @Test
    void areReadForAsLongAsTheyMayMatter() {
        Standing standing = quarantined();
        standings.keep(anna, standing);

        clock.advance(Standing.LONGEST_MEMORY);
        assertThat(read()).containsExactly(Map.entry(anna, standing));
        clock.advance(DAY.multipliedBy(2));
        assertThat(read()).isEmpty();
    }

    @Test
    void ofTheLastDayCount() {
        standings.keep(anna, quarantined());
        clock.advance(DAY.multipliedBy(3));

        standings.keep(anna, Standing.CLEAN);

        assertThat(read()).containsExactly(Map.entry(anna, Standing.CLEAN));
    }

    @Test
    void ofAProcessWhoseClockIsAheadAreReadAsWell() {
        clock.advance(DAY);
        standings.keep(anna, quarantined());
        clock.advance(DAY.negated());

        assertThat(read()).containsOnlyKeys(anna);
    }

    @Test
    void runOutByThemselvesAsAllDoesButTheSecret() {
        try (var process = new SharedFixture(redis.url())) {
            var peer = RegistryStoreContract.peer(2, Instant.now().plusSeconds(30));
            var digest = Sha256.digestOf(new byte[] {2});
            process.store().admit(peer);
            process.store().hold(peer.id(), digest, PieceSet.all(4));
            process.representations.learn(new ResourceId("/map.pak"), RegistryFixture.representation(3_000_000),
                    Instant.now().plusSeconds(60));
            standings.keep(anna, quarantined());

            Map<String, Long> left = left();

            assertThat(left.keySet()).extracting(key -> key.split(":")[1]).contains("p", "d", "r", "s");
            assertThat(left).containsEntry("fp:secret", -1L).allSatisfy((key, millis) -> {
                if (!key.equals("fp:secret")) {
                    assertThat(millis).as(key).isBetween(1L, DAY.multipliedBy(SharedStandings.DAYS).toMillis());
                }
            });
        }
    }

    /** How many milliseconds each key has left; -1 for ever. */
    private Map<String, Long> left() {
        Map<String, Long> left = new HashMap<>();
        var found = RedisLink.await(link.commands().scan(ScanCursor.INITIAL, ScanArgs.Builder.limit(1_000)));
        assertThat(found.isFinished()).isTrue();
        for (byte[] key : found.getKeys()) {
            left.put(new String(key, StandardCharsets.ISO_8859_1), RedisLink.await(link.commands().pttl(key)));
        }
        return left;
    }
}
