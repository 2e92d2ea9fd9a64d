package io.fingerpost.registry.health;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fingerpost.registry.store.Block;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Whose reports have turned out right. A network with more wrong ones than right ones is not listened to for a while, and twice as
 * long the next time. Safe for use by many threads.
 */
final class Credibility {
    private static final int MOST_NETWORKS = 50_000;
    /** Of wrong reports more than right ones: a peer may have been well again before it was probed. */
    private static final int MOST_WRONG = 3;
    /** Right reports make up for no more than that of wrong ones to come. */
    private static final int MOST_CREDIT = 3;
    private static final Duration DEAF = Duration.ofMinutes(30);
    private static final int MOST_DOUBLINGS = 5;

    private final Cache<Block, History> histories;
    private final InstantSource clock;

    private record History(int wrong, int times, Instant deafUntil) {
        static final History NONE = new History(0, 0, Instant.EPOCH);
    }

    Credibility(InstantSource clock) {
        this.clock = clock;
        this.histories = Caffeine.newBuilder().maximumSize(MOST_NETWORKS).build();
    }

    boolean isCredible(Block network) {
        var history = histories.getIfPresent(network);
        return history == null || !clock.instant().isBefore(history.deafUntil);
    }

    void right(Block network) {
        histories.asMap().merge(network, new History(-1, 0, Instant.EPOCH),
                (known, _) -> new History(Math.max(-MOST_CREDIT, known.wrong - 1), known.times, known.deafUntil));
    }

    void wrong(Block network) {
        Instant now = clock.instant();
        histories.asMap().compute(network, (_, known) -> {
            History before = known == null ? History.NONE : known;
            int wrong = before.wrong + 1;
            return wrong < MOST_WRONG
                    ? new History(wrong, before.times, before.deafUntil)
                    : new History(0, Math.min(before.times + 1, MOST_DOUBLINGS),
                            now.plus(DEAF.multipliedBy(1L << before.times)));
        });
    }
}
