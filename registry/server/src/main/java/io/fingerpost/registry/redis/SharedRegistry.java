package io.fingerpost.registry.redis;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.health.StandingLog;
import io.fingerpost.registry.health.Standings;
import io.fingerpost.registry.redis.NearPeers.Near;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.store.Peer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's part of a registry that many share through Redis: who holds what ({@link #store}), what is known of resources, what is
 * held against peers, and the secret that tickets are made with.
 */
public final class SharedRegistry implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedRegistry.class);
    private static final Duration EACH_SECOND = Duration.ofSeconds(1);
    private static final int VAIN_TO_RECONNECT = 3;
    /** Leases that are looked up. */
    private static final int MOST_IN_A_SECOND = 10_000;
    /** What tended peers hold is to be kept for longer than this. */
    private static final Duration TOUCHED = SharedHoldings.KEPT.dividedBy(4);
    /** After a start, or after Redis was away. */
    private static final Duration FIRST_TOUCH = Duration.ofMinutes(1);

    private final InstantSource clock;
    private final RepresentationTable representations;
    private final ExecutorService executor = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("redis-", 0).factory());
    private final Wire wire = new Wire();
    private final RedisLink link;
    private final Presence presence;
    private final SharedResources resources;
    private final SharedStandings standingLog;
    private final SharedSecret secret;
    private final Charges charges;
    private final RedisStore store;
    private final Thread upkeep = Thread.ofVirtual().name("redis-upkeep").unstarted(this::run);
    private volatile @Nullable Registry registry;
    private volatile @Nullable Standings standings;
    private final Lock catchingUp = new ReentrantLock();
    /** How often that was tried in vain; guarded by the lock. */
    private int vain;
    /** How often messages may have been missed, or what was written may have been lost. */
    private final AtomicInteger breaks = new AtomicInteger();
    /** With so many of them this process has caught up. */
    private volatile int mended;

    /**
     * What a process is among those that share.
     *
     * @param rules under which it learns what resources are
     * @param sends whether it sends clients to peers
     * @param hotRepresentations most of which it keeps holders at hand
     */
    public record Part(Sha256 rules, boolean sends, int hotRepresentations) {}

    /**
     * One that does nothing before {@link #start}.
     *
     * @param secret that tickets are made with if nobody else has brought one
     */
    public SharedRegistry(RedisAddress address, RepresentationTable representations, Part part, byte[] secret,
            InstantSource clock) {
        this.clock = clock;
        this.representations = representations;
        this.link = new RedisLink(address, breaks::incrementAndGet,
                (channel, message) -> wire.receive(channel, message, new Heard()));
        RedisLink.unwaited(link.subscribe(Keys.NEWS));
        this.presence = new Presence(link, wire.self(), part.sends);
        this.resources = new SharedResources(link, wire, representations, part.rules, clock);
        this.standingLog = new SharedStandings(link, wire, clock);
        this.secret = new SharedSecret(link, secret);
        this.charges = new Charges(link, wire);
        this.store = new RedisStore(new RedisStore.Shared(link, wire, presence, charges), this::restored,
                part.hotRepresentations, executor, clock);
    }

    private Peer restored(PeerId id, io.fingerpost.registry.store.Admission admission) {
        Registry known = registry;
        if (known == null) {
            throw new RedisLink.Unavailable();
        }
        Peer peer = known.restored(id, admission);
        Standings held = standings;
        if (held != null) {
            held.receive(peer);
        }
        return peer;
    }

    public RedisStore store() {
        return store;
    }

    public StandingLog standingLog() {
        return standingLog;
    }

    /** The same for all; {@link io.fingerpost.registry.RequestRejected} 503 as long as Redis was not there once. */
    public byte[] ticketSecret() {
        return secret.value();
    }

    /** Connects, if Redis is there, and begins to share. */
    public void start(Registry registry, Standings standings) {
        this.registry = registry;
        this.standings = standings;
        representations.watch(resources);
        link.start();
        if (link.isConnected()) {
            catchUp();
        }
        upkeep.start();
    }

    /** Other rules hold from now on. */
    public void rule(Sha256 rules) {
        resources.rule(rules);
    }

    private boolean isBehind() {
        return mended != breaks.get();
    }

    /** Whether what others tell is known here; false while Redis is away, and this process goes on with what is at hand. */
    public boolean isSharing() {
        return link.isConnected() && !isBehind();
    }

    /** How many processes share, as far as is known; this one included. */
    public int processes() {
        return presence.count();
    }

    /** How many representations have holders at hand. */
    public long hotRepresentations() {
        return store.hot().size();
    }

    /** How many renewed leases wait to be written to Redis. */
    public int waitingRenewals() {
        return store.renewals().waiting();
    }

    /** Looks at all that is at hand, by one thread at a time; if Redis does not answer, it has to be done again. */
    private void catchUp() {
        if (!catchingUp.tryLock()) {
            return;
        }
        try {
            int before = breaks.get();
            RedisLink.await(link.listening()); // what is told from now on is heard
            RedisLink.await(presence.hello());
            Registry with = registry;
            if (with != null) {
                store.renewals().dropBefore(clock.instant().plus(with.terms().ttl().dividedBy(2)));
            }
            store.renewals().send();
            secret.share();
            Standings known = standings;
            if (known != null) {
                standingLog.read(known::recall);
            }
            store.near().refreshAll(store.near().select(_ -> true));
            store.hot().doubtAll();
            mended = before;
            vain = 0;
            LOG.info("sharing with others through Redis");
        } catch (RuntimeException e) {
            LOG.debug("Redis was there, but could not be read: {}", e.getMessage());
            if (++vain % VAIN_TO_RECONNECT == 0) {
                attempt(link::reconnect);
            }
        } finally {
            catchingUp.unlock();
        }
    }

    /** What is not answered shows that Redis, or a part of it, was away, even if the connection was not. */
    private void watch(CompletionStage<?> answer) {
        RedisLink.unwaited(answer.whenComplete((_, failure) -> {
            if (failure != null && !isBehind()) {
                breaks.incrementAndGet();
                LOG.warn("Redis does not answer; going on with what is at hand");
            }
        }));
    }

    private void run() {
        Instant nextSecond = clock.instant();
        Instant nextHello = nextSecond;
        Instant nextCatchUp = nextSecond;
        Instant nextTouch = nextSecond.plus(FIRST_TOUCH);
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Instant now = clock.instant();
                if (!isBehind()) {
                    attempt(store.renewals()::send); // else Redis might take them late, when they are no longer true
                }
                attempt(charges::send);
                if (!now.isBefore(nextSecond)) {
                    nextSecond = now.plus(EACH_SECOND);
                    attempt(this::refresh);
                }
                if (!now.isBefore(nextHello)) {
                    nextHello = now.plus(Presence.INTERVAL);
                    attempt(() -> watch(presence.hello()));
                    attempt(() -> watch(link.listening()));
                }
                if (isBehind() && !now.isBefore(nextCatchUp)) {
                    nextCatchUp = now.plus(EACH_SECOND);
                    nextTouch = now.plus(FIRST_TOUCH);
                    executor.execute(this::catchUp);
                }
                if (!now.isBefore(nextTouch)) {
                    nextTouch = now.plus(TOUCHED);
                    executor.execute(() -> attempt(this::touch));
                }
                Thread.sleep(Renewals.GATHERED);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private static void attempt(Runnable work) {
        try {
            work.run();
        } catch (RedisLink.Unavailable e) {
            return; // the link has said so
        } catch (RuntimeException e) {
            LOG.debug("what is shared could not be brought up to date: {}", e.getMessage());
        }
    }

    /** Leases of peers that are used here are looked up before they end, for their agents may report elsewhere. */
    private void refresh() {
        store.hot().refresh();
        Registry known = registry;
        if (known != null) {
            Instant soon = clock.instant().plus(known.terms().ttl().dividedBy(2));
            store.near().select(near -> near.peer.leaseUntil().isBefore(soon) && isUsed(near)).stream()
                    .limit(MOST_IN_A_SECOND).forEach(near -> watch(store.near().refresh(near)));
        }
    }

    private boolean isUsed(Near near) {
        return near.tender().equals(wire.self()) || store.isShown(near.peer.id());
    }

    private void touch() {
        store.forEachPeer(peer -> attempt(() -> store.shared().touch(peer.id())));
    }

    /** What others tell. */
    private final class Heard implements Wire.Listener {
        @Override
        public void hear(News news) {
            switch (news) {
                case News.Changed(Change.OfResource change) -> resources.hear(change);
                case News.Changed(Change.Judged(var id, var standing)) -> {
                    Standings known = standings;
                    if (known != null) {
                        known.restore(java.util.Map.of(id, standing));
                    }
                }
                case News.Changed(Change.Admitted(var id, var admission)) -> {
                    if (store.near().replaced(id, admission)) {
                        RedisLink.unwaited(store.near().bring(id));
                    }
                }
                case News.Gone(var id, var mark) -> store.near().find(id)
                        .filter(near -> HolderValue.mark(near.peer.admission()) == mark)
                        .ifPresent(near -> store.near().remove(near.peer));
                case News.Changed _ -> LOG.debug("news that are not told between processes");
                case News.Turned(var id, var state) -> store.near().turned(id, state);
                case News.Charged(var all) -> all.forEach(this::charge);
                case News.Reported(var id, var report) -> store.near().find(id)
                        .ifPresent(near -> near.peer.uploads().report(report, clock.millis()));
            }
        }

        private void charge(News.Charge charge) {
            Registry known = registry;
            if (known != null) {
                store.near().find(charge.id())
                        .ifPresent(near -> known.chargedElsewhere(near.peer, charge.bytes()));
            }
        }

        @Override
        public void hear(Sha256 digest, PeerId holder, HolderValue value) {
            store.hot().hear(digest, holder, value);
        }
    }

    /** Sends what waits, takes leave and disconnects. */
    @Override
    public void close() {
        upkeep.interrupt();
        representations.watch(io.fingerpost.registry.representation.RepresentationLog.NONE);
        attempt(store.renewals()::send);
        attempt(charges::send);
        attempt(presence::goodbye);
        link.close();
        executor.shutdownNow();
    }
}
