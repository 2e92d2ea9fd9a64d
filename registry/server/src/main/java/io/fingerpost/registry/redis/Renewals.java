package io.fingerpost.registry.redis;

import io.fingerpost.contract.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Leases that were extended and are to be extended in Redis, together with all that come within {@link #GATHERED}. Whoever extends one
 * does not wait: if it goes lost, the lease ends early, and the peer registers anew.
 */
final class Renewals {
    static final Duration GATHERED = Duration.ofMillis(50);

    private final Map<PeerId, Instant> waiting = new ConcurrentHashMap<>();
    private final RedisLink link;
    private final SharedPeers peers;
    private final Consumer<PeerId> gone;
    private final InstantSource clock;

    /** @param gone is told of peers that Redis does not know (any more) */
    Renewals(RedisLink link, SharedPeers peers, Consumer<PeerId> gone, InstantSource clock) {
        this.link = link;
        this.peers = peers;
        this.gone = gone;
        this.clock = clock;
    }

    void add(PeerId id, Instant until) {
        waiting.put(id, until);
    }

    int waiting() {
        return waiting.size();
    }

    /** Forgets those that end before {@code until}: their agents may have gone on elsewhere meanwhile, and got more there. */
    void dropBefore(Instant until) {
        waiting.values().removeIf(end -> end.isBefore(until));
    }

    /** Sends all that wait. Those that fail wait again, unless they are renewed meanwhile. */
    void send() {
        Instant now = clock.instant();
        var batch = new Batch();
        Map<PeerId, Instant> taken = new HashMap<>();
        for (PeerId id : List.copyOf(waiting.keySet())) {
            Instant until = waiting.remove(id);
            if (until != null && until.isAfter(now)) {
                taken.put(id, until);
                var _ = peers.renew(batch, id, Duration.between(now, until))
                        .whenComplete((known, failure) -> settle(id, until, known, failure));
            }
        }
        try {
            RedisLink.unwaited(batch.send(link));
        } catch (RedisLink.Unavailable e) {
            taken.forEach(waiting::putIfAbsent);
        }
    }

    private void settle(PeerId id, Instant until, @Nullable Long known, @Nullable Throwable failure) {
        if (failure != null) {
            waiting.putIfAbsent(id, until);
        } else if (known != null && known == 0) {
            gone.accept(id);
        }
    }
}
