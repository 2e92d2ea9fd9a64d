package io.fingerpost.registry.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.redis.SharedHoldings.Member;
import io.fingerpost.registry.store.Holder;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The representations that are asked for here, each with some of its live holders in this process's table: so the memory follows what
 * is hot, not the swarm. Each is kept up to date by messages, and looked at anew now and then, for a message may be lost.
 *
 * <p>{@link #touch} is for I/O threads: it looks at memory, and at most asks for something to be fetched.
 */
final class HotSet {
    /** Most holders of one representation that are fetched. */
    static final int SAMPLE = 256;
    private static final Logger LOG = LoggerFactory.getLogger(HotSet.class);
    private static final Duration COLD = Duration.ofMinutes(10);
    private static final Duration LOOKED_AT = Duration.ofSeconds(60);
    /** Most that are looked at anew in a second. */
    private static final int MOST_AT_A_TIME = 500;
    /** After a failure. */
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final RedisLink link;
    private final MemoryStore table;
    private final NearPeers peers;
    private final SharedHoldings holdings;
    private final Executor executor;
    private final InstantSource clock;
    private final Cache<Sha256, Sample> hot;

    /** Of one representation. */
    private static final class Sample {
        final CompletableFuture<Boolean> loaded = new CompletableFuture<>();
        /** Those who told of themselves while the others were being fetched: what was fetched of them is older. */
        final Set<PeerId> fresh = ConcurrentHashMap.newKeySet();
        volatile boolean isLoading = true;
        /** Milliseconds since 1970. */
        volatile long due;
        volatile boolean isAsked;
    }

    /**
     * @param most representations
     * @param executor for what must not hold up who asks
     */
    HotSet(RedisLink link, MemoryStore table, NearPeers peers, SharedHoldings holdings, int most, Executor executor,
            InstantSource clock) {
        this.link = link;
        this.table = table;
        this.peers = peers;
        this.holdings = holdings;
        this.executor = executor;
        this.clock = clock;
        this.hot = Caffeine.newBuilder().maximumSize(most).expireAfterAccess(COLD).executor(executor)
                .removalListener((@Nullable Sha256 digest, @Nullable Sample _, RemovalCause _) -> {
                    if (digest != null) {
                        cool(digest);
                    }
                }).build();
    }

    /** Somebody asks for the representation. */
    void touch(Sha256 digest) {
        Sample known = hot.getIfPresent(digest);
        if (known == null) {
            RedisLink.unwaited(heat(digest));
        } else if (!known.isAsked) {
            known.isAsked = true;
        }
    }

    /** Makes it hot, and is done when its holders are at hand. */
    CompletableFuture<Boolean> heat(Sha256 digest) {
        var begun = new Sample();
        var known = hot.asMap().putIfAbsent(digest, begun);
        if (known != null) {
            return known.loaded;
        }
        executor.execute(() -> RedisLink.unwaited(subscribe(digest).handle((_, _) -> {
            load(digest, begun); // only now, for what is told between would be missed
            return null;
        })));
        return begun.loaded;
    }

    private synchronized CompletionStage<?> subscribe(Sha256 digest) {
        return link.subscribe(Keys.digest(digest));
    }

    boolean isHot(Sha256 digest) {
        return hot.asMap().containsKey(digest);
    }

    private void load(Sha256 digest, Sample sample) {
        sample.isLoading = true;
        sample.due = clock.millis() + RETRY.toMillis();
        try {
            holdings.sample(digest, SAMPLE).thenCompose(this::bring)
                    .whenComplete((found, failure) -> settle(digest, sample, found, failure));
        } catch (RedisLink.Unavailable e) {
            settle(digest, sample, null, e);
        }
    }

    private record Brought(Member member, Optional<Peer> peer) {}

    private CompletableFuture<List<Brought>> bring(List<Member> members) {
        var coming = members.stream()
                .map(member -> peers.bring(member.id()).thenApply(peer -> new Brought(member, peer)))
                .toList();
        return CompletableFuture.allOf(coming.toArray(CompletableFuture<?>[]::new))
                .thenApply(_ -> coming.stream().map(CompletableFuture::join).toList());
    }

    private void settle(Sha256 digest, Sample sample, @Nullable List<Brought> found, @Nullable Throwable failure) {
        try {
            settle(digest, sample, found, String.valueOf(failure));
        } finally {
            sample.isLoading = false;
            sample.fresh.clear();
            sample.loaded.complete(true);
        }
    }

    private void settle(Sha256 digest, Sample sample, @Nullable List<Brought> found, String failure) {
        if (found == null) {
            LOG.debug("the holders of {} could not be fetched: {}", digest, failure);
            sample.isAsked = true;
        } else if (isHot(digest)) {
            take(digest, sample, found);
            // After Redis was away, leases that have ended may be renewed yet.
            boolean allLive = found.stream().allMatch(each -> each.peer.isPresent());
            sample.due = clock.millis() + (allLive ? LOOKED_AT : RETRY).toMillis();
        }
    }

    private void take(Sha256 digest, Sample sample, List<Brought> found) {
        var members = new HashSet<Peer>();
        for (Brought each : found) {
            var peer = each.peer.filter(its -> HolderValue.mark(its.admission()) == each.member.value().mark());
            if (peer.isEmpty()) {
                peers.ifGone(each.member.id(), each.member.value().mark(), () -> holdings.forget(digest, each.member));
            } else if (!sample.fresh.contains(each.member.id())) {
                members.add(peer.get());
                table.hold(peer.get().id(), digest, each.member.value().pieces());
            }
        }
        // Nobody at all may be the answer of a Redis that has lost everything: then what is known here counts until leases end.
        if (!found.isEmpty()) {
            for (Holder holder : all(digest)) {
                if (!members.contains(holder.peer()) && !sample.fresh.contains(holder.peer().id())) {
                    withdraw(holder.peer(), digest);
                }
            }
        }
    }

    private List<Holder> all(Sha256 digest) {
        return table.holders(digest).live(Instant.EPOCH);
    }

    private void withdraw(Peer peer, Sha256 digest) {
        table.hold(peer.id(), digest, HolderValue.NONE);
    }

    /** Whether it is hot, and what a peer has just written of it is to be shown. */
    boolean hears(Sha256 digest, PeerId id) {
        Sample sample = hot.policy().getIfPresentQuietly(digest);
        if (sample != null && sample.isLoading) {
            sample.fresh.add(id);
        }
        return sample != null;
    }

    /** A peer has told what it holds, or that it holds nothing any more. */
    void hear(Sha256 digest, PeerId id, HolderValue value) {
        if (!hears(digest, id)) {
            return;
        }
        if (value.pieces().isEmpty()) {
            peers.find(id).filter(near -> HolderValue.mark(near.peer.admission()) == value.mark())
                    .ifPresent(near -> withdraw(near.peer, digest));
        } else {
            hold(digest, id, value);
        }
    }

    private void hold(Sha256 digest, PeerId id, HolderValue value) {
        var near = peers.find(id).map(known -> known.peer);
        if (near.isPresent() && HolderValue.mark(near.get().admission()) == value.mark()) {
            table.hold(id, digest, value.pieces());
        } else if (table.holders(digest).count() < SAMPLE) {
            near.ifPresent(peers::remove); // it has come anew
            RedisLink.unwaited(peers.bring(id).handle((found, _) -> found != null
                    && found.filter(peer -> HolderValue.mark(peer.admission()) == value.mark()).isPresent())
                    .thenAccept(isThere -> {
                        if (!isThere) {
                            doubt(digest);
                        } else if (isHot(digest)) {
                            table.hold(id, digest, value.pieces());
                        }
                    }));
        }
    }

    /** Looks again at what is due; all of it is after {@link #doubtAll}. */
    void refresh() {
        long now = clock.millis();
        hot.asMap().entrySet().stream()
                .filter(each -> !each.getValue().isLoading && each.getValue().due <= now && each.getValue().isAsked)
                .limit(MOST_AT_A_TIME).forEach(each -> {
                    each.getValue().isAsked = false;
                    load(each.getKey(), each.getValue());
                });
    }

    /** Messages may have been lost. */
    void doubtAll() {
        hot.asMap().keySet().forEach(this::doubt);
    }

    private void doubt(Sha256 digest) {
        Sample sample = hot.asMap().get(digest);
        if (sample != null) {
            sample.due = 0;
            sample.isAsked = true;
        }
    }

    private synchronized void cool(Sha256 digest) {
        if (isHot(digest)) {
            return; // again
        }
        link.unsubscribe(Keys.digest(digest));
        for (Holder holder : all(digest)) {
            withdraw(holder.peer(), digest);
        }
    }

    long size() {
        return hot.estimatedSize();
    }
}
