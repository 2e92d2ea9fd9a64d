package io.fingerpost.registry.redis;

import io.fingerpost.contract.PeerId;
import io.fingerpost.registry.redis.SharedPeers.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Leases that were extended and are to be extended in Redis, together with all that come within {@link #GATHERED}. Whoever extends one
 * does not wait: if it goes lost, the lease ends early, and the peer registers anew.
 */
final class Renewals {
    static final Duration GATHERED = Duration.ofMillis(50);

    private final Map<PeerId, Instant> waiting = new ConcurrentHashMap<>();
    private final SharedPeers peers;
    private final Consumer<PeerId> gone;
    private final InstantSource clock;

    /** @param gone is told of peers that Redis does not know (any more) */
    Renewals(SharedPeers peers, Consumer<PeerId> gone, InstantSource clock) {
        this.peers = peers;
        this.gone = gone;
        this.clock = clock;
    }

    void add(PeerId id, Instant until) {
        waiting.put(id, until);
    }

    /** Sends all that wait. Those that fail wait again, unless they are renewed meanwhile. */
    void send() {
        Instant now = clock.instant();
        var renewals = new ArrayList<Renewal>();
        for (PeerId id : List.copyOf(waiting.keySet())) {
            Instant until = waiting.remove(id);
            if (until != null && until.isAfter(now)) {
                renewals.add(renewal(id, until, Duration.between(now, until)));
            }
        }
        if (renewals.isEmpty()) {
            return;
        }
        try {
            peers.renew(renewals);
        } catch (RedisLink.Unavailable e) {
            renewals.forEach(renewal -> renewal.completeExceptionally(e));
        }
    }

    private Renewal renewal(PeerId id, Instant until, Duration left) {
        var renewal = new Renewal(id, left);
        var _ = renewal.whenComplete((known, failure) -> {
            if (failure != null) {
                waiting.putIfAbsent(id, until);
            } else if (!known) {
                gone.accept(id);
            }
        });
        return renewal;
    }
}
