package io.fingerpost.registry.health;

import io.fingerpost.registry.health.Suspicions.Suspicion;
import io.fingerpost.registry.store.Peer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What is known of one peer's health while its lease runs. Guarded by its {@link Health}. */
final class Chart {
    private static final int MOST_SUSPICIONS = 8;

    final Peer peer;
    Vitals vitals = Vitals.WELL;
    /** When it is to be probed next; later entries in the queue are void. */
    Instant due;
    /** When a piece is to be fetched of it next, suspicions apart. */
    Instant fetchDue = Instant.EPOCH;
    Instant fetchedAt = Instant.EPOCH;
    boolean isBusy;
    /** How often a suspicion could not be looked into because the peer was full. */
    int triesInVain;
    private final Deque<Suspicion> suspicions = new ArrayDeque<>();

    Chart(Peer peer, Instant due) {
        this.peer = peer;
        this.due = due;
    }

    void suspect(Suspicion suspicion) {
        if (suspicions.size() < MOST_SUSPICIONS && !suspicions.contains(suspicion)) {
            suspicions.add(suspicion);
        }
    }

    /** What to look into first. */
    @Nullable
    Suspicion suspicion() {
        return suspicions.peek();
    }

    boolean isSuspected() {
        return !suspicions.isEmpty();
    }

    void drop(Suspicion suspicion) {
        suspicions.remove(suspicion);
        triesInVain = 0;
    }
}
