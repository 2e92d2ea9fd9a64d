package io.fingerpost.registry.redis;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.redis.SharedPeers.Found;
import io.fingerpost.registry.store.Admission;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The peers that this process has at hand: those that it tends, and those that hold something which is asked for here. All others
 * are only in Redis. Safe for use by many threads.
 */
final class NearPeers {
    /** Peers that are looked up together. */
    private static final int PAGE = 1_000;
    /** A lease that ends so much later than it did was extended; with less, it only took its time to be written. */
    private static final Duration RENEWED = Duration.ofMillis(500);

    private final Map<PeerId, Near> near = new ConcurrentHashMap<>();
    private final Map<PeerId, CompletableFuture<Optional<Peer>>> coming = new ConcurrentHashMap<>();
    private final LongAdder tended = new LongAdder();
    private final LongAdder tendedHoldings = new LongAdder();
    private final String self;
    private final MemoryStore table;
    private final SharedPeers shared;
    private final BiFunction<PeerId, Admission, Peer> peers;
    private final InstantSource clock;

    /** What is known of one beside what the table has. */
    static final class Near {
        final Peer peer;
        private volatile Sums sums;
        private volatile int holdings;
        private volatile String tender;
        /** What its agent said last that did not fit; looked into since if this is so. */
        volatile @Nullable Long doubted;
        private volatile int writes;

        Near(Peer peer, Sums sums, int holdings, String tender) {
            this.peer = peer;
            this.sums = sums;
            this.holdings = holdings;
            this.tender = tender;
        }

        /** Whether it is the lease that the peer is here with. */
        boolean isSame(Admission admission) {
            return peer.admission().secretHash().equals(admission.secretHash());
        }

        int holdings() {
            return holdings;
        }

        Sums sums() {
            return sums;
        }

        /** The process that probes it. */
        String tender() {
            return tender;
        }
    }

    /**
     * @param self this process
     * @param peers makes a peer of how it was admitted
     */
    NearPeers(String self, MemoryStore table, SharedPeers shared, BiFunction<PeerId, Admission, Peer> peers,
            InstantSource clock) {
        this.self = self;
        this.table = table;
        this.shared = shared;
        this.peers = peers;
        this.clock = clock;
    }

    Optional<Near> find(PeerId id) {
        return Optional.ofNullable(near.get(id));
    }

    /** Puts in one that has just been admitted. */
    void admit(Peer peer, String tender) {
        synchronized (table) {
            table.admit(peer);
            put(new Near(peer, Sums.NOTHING, 0, tender));
        }
    }

    private void put(Near known) {
        Near before = near.put(known.peer.id(), known);
        if (before != null) {
            count(before, -1);
        }
        count(known, 1);
    }

    private void count(Near known, int by) {
        if (known.tender.equals(self)) {
            tended.add(by);
            tendedHoldings.add((long) by * known.holdings);
        }
    }

    /** How many this process tends. */
    int tended() {
        return tended.intValue();
    }

    /** How much these hold. */
    long tendedHoldings() {
        return tendedHoldings.sum();
    }

    void setTender(Near known, String tender) {
        set(known, known.holdings, tender);
    }

    /** It was written from here that a peer holds this. */
    void written(Near known, Sums sums, int holdings) {
        synchronized (table) {
            known.writes++;
            known.sums = sums;
            set(known, holdings, known.tender);
        }
    }

    /** It was read what a peer holds, which counts unless something was written meanwhile, and who tends it. */
    private void read(Near known, Found found, int writesBefore) {
        synchronized (table) {
            boolean counts = known.writes == writesBefore;
            known.sums = counts ? found.sums() : known.sums;
            set(known, counts ? found.holdings() : known.holdings, found.tender());
        }
    }

    private void set(Near known, int holdings, String tender) {
        synchronized (table) {
            boolean counts = known.equals(near.get(known.peer.id()));
            if (counts) {
                count(known, -1);
            }
            known.holdings = holdings;
            known.tender = tender;
            if (counts) {
                count(known, 1);
            }
        }
    }

    /** Brings a peer here, if it is not yet and its lease runs; those who ask meanwhile get the same. */
    CompletableFuture<Optional<Peer>> bring(PeerId id) {
        Near known = near.get(id);
        if (known != null && known.peer.isLive(clock.instant())) {
            return CompletableFuture.completedFuture(Optional.of(known.peer));
        }
        var asked = new CompletableFuture<Optional<Peer>>();
        var before = coming.putIfAbsent(id, asked);
        if (before != null) {
            return before;
        }
        try {
            shared.find(id).thenApply(found -> found.map(its -> put(id, its))).whenComplete((peer, failure) -> {
                coming.remove(id, asked);
                if (failure == null) {
                    asked.complete(peer);
                } else {
                    asked.completeExceptionally(failure);
                }
            });
        } catch (RedisLink.Unavailable e) {
            coming.remove(id, asked);
            asked.completeExceptionally(e);
        }
        return asked;
    }

    private Peer put(PeerId id, Found found) {
        synchronized (table) {
            Near known = near.get(id);
            if (known != null && known.isSame(found.admission())) {
                extend(known.peer, found.left());
                return known.peer;
            }
            if (known != null) {
                remove(known.peer);
            }
            Peer peer = peers.apply(id, found.admission());
            if (peer.state() != Peer.State.QUARANTINED) { // what is held against it may not have got through
                turn(peer, found.state());
            }
            table.admit(peer);
            table.renew(id, clock.instant().plus(found.left()));
            put(new Near(peer, found.sums(), found.holdings(), found.tender()));
            return peer;
        }
    }

    private static void turn(Peer peer, Peer.State state) {
        if (state != peer.state()) {
            peer.turn(state, state == Peer.State.GOOD
                    ? peer.reachabilityAtBest()
                    : Reachability.no("another registry found it " + state, "wait until it is tried again"));
        }
    }

    /** Takes over what another process has found of a peer. */
    void turned(PeerId id, Peer.State state) {
        Near known = near.get(id);
        if (known != null) {
            turn(known.peer, state);
        }
    }

    /** A peer that has come anew elsewhere: what is here of it counts no more. Whether it was here. */
    boolean replaced(PeerId id, Admission admission) {
        Near known = near.get(id);
        return known != null && !known.isSame(admission) && remove(known.peer);
    }

    /** Takes over from Redis how things are with a peer that is here; an answer that it is not there may be a Redis that lost all. */
    CompletionStage<?> refresh(Near known) {
        int writes = known.writes;
        return shared.find(known.peer.id()).thenAccept(answer -> answer.ifPresent(found -> {
            if (known.isSame(found.admission())) {
                extend(known.peer, found.left());
                if (!known.tender.equals(self)) {
                    turn(known.peer, found.state());
                } else if (found.state() != known.peer.state()) {
                    RedisLink.unwaited(shared.setState(known.peer.id(), known.peer.state())); // it did not get through
                }
                read(known, found, writes);
            } else {
                remove(known.peer);
            }
        }));
    }

    /** What ends earlier was renewed here, and Redis does not know yet; what ends at about the same time is the same. */
    private void extend(Peer peer, Duration left) {
        Instant until = clock.instant().plus(left);
        if (until.isAfter(peer.leaseUntil().plus(RENEWED))) {
            table.renew(peer.id(), until);
        }
    }

    /** The same with many; page by page, and waits. */
    void refreshAll(List<Near> all) {
        for (int from = 0; from < all.size(); from += PAGE) {
            RedisLink.await(CompletableFuture.allOf(all.subList(from, Math.min(from + PAGE, all.size())).stream()
                    .map(this::refresh).map(CompletionStage::toCompletableFuture)
                    .toArray(CompletableFuture<?>[]::new)));
        }
    }

    /** Does something if the lease with this mark will not come to life again. */
    void ifGone(PeerId id, int mark, Runnable then) {
        find(id).map(known -> HolderValue.mark(known.peer.admission()) != mark)
                .<CompletionStage<Boolean>>map(CompletableFuture::completedFuture)
                .orElseGet(() -> shared.isGone(id)).thenAccept(gone -> {
                    if (gone) {
                        then.run();
                    }
                });
    }

    /** The lease is asked for in Redis from now on; its peer stays in the table until the lease ends. */
    void forget(PeerId id) {
        synchronized (table) {
            take(id);
        }
    }

    /** Whether this very lease was here. */
    boolean remove(Peer peer) {
        synchronized (table) {
            boolean removed = table.remove(peer);
            if (removed) {
                take(peer.id());
            }
            return removed;
        }
    }

    private @Nullable Near take(PeerId id) {
        Near gone = near.remove(id);
        if (gone != null) {
            count(gone, -1);
        }
        return gone;
    }

    /**
     * Takes out all whose leases have ended, as far as is known here. Those that another process tends wait for its word: it may not get
     * through with their renewal.
     */
    List<Near> expire(Instant now) {
        Instant unheard = now.minus(SharedPeers.GRACE);
        synchronized (table) {
            var ended = new ArrayList<Near>();
            for (PeerId id : table.expire(peer -> !peer.isLive(isTended(peer) ? now : unheard))) {
                Near gone = take(id);
                if (gone != null) {
                    ended.add(gone);
                }
            }
            return ended;
        }
    }

    private boolean isTended(Peer peer) {
        return find(peer.id()).filter(known -> known.tender.equals(self)).isPresent();
    }

    /** Those for which {@code wanted} holds. Of those that come or go meanwhile, some may be missing and some too many. */
    List<Near> select(Predicate<Near> wanted) {
        return near.values().stream().filter(wanted).toList();
    }
}
