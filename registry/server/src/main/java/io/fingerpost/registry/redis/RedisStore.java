package io.fingerpost.registry.redis;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.registry.RequestRejected;
import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.redis.NearPeers.Near;
import io.fingerpost.registry.store.Admission;
import io.fingerpost.registry.store.Census;
import io.fingerpost.registry.store.Holders;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.store.RegistryStore;
import io.fingerpost.registry.upload.Share;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Keeps peers and holdings in Redis, for many processes at once. What a method that changes them has returned from is there; what
 * is asked for on I/O threads is answered from this process's memory, which has the peers that this process tends and the holders of
 * what is asked for here ({@link HotSet}). A representation that nobody asked for lately seems to have no holders at first: they are
 * fetched meanwhile.
 *
 * <p>Without Redis, what is at hand goes on to be used until its leases end, and whatever would change something is refused with 503.
 */
public final class RedisStore implements RegistryStore {
    private final RedisLink link;
    private final Wire wire;
    private final Presence presence;
    private final InstantSource clock;
    private final Executor executor;
    private final MemoryStore table = new MemoryStore();
    private final SharedPeers shared;
    private final SharedHoldings holdings;
    private final NearPeers near;
    private final HotSet hot;
    private final Renewals renewals;
    private final Charges charges;

    /** How this process is among the others. */
    record Shared(RedisLink link, Wire wire, Presence presence, Charges charges) {}

    /**
     * @param peers makes a peer of how it was admitted
     * @param hotRepresentations most that are kept at hand
     */
    RedisStore(Shared with, BiFunction<PeerId, Admission, Peer> peers, int hotRepresentations, Executor executor,
            InstantSource clock) {
        this.link = with.link;
        this.wire = with.wire;
        this.presence = with.presence;
        this.charges = with.charges;
        this.clock = clock;
        this.executor = executor;
        this.shared = new SharedPeers(link);
        this.holdings = new SharedHoldings(link, wire);
        this.near = new NearPeers(wire.self(), table, shared, peers, clock);
        this.hot = new HotSet(link, table, near, holdings, hotRepresentations, executor, clock);
        this.renewals = new Renewals(link, shared, this::lost, clock);
    }

    @Override
    public void admit(Peer peer) {
        ask(() -> {
            var before = holdings.count(peer.id());
            RedisLink.await(shared.admit(peer, wire.self(), Duration.between(clock.instant(), peer.leaseUntil())));
            if (RedisLink.await(before) > 0) {
                holdings.withdrawAll(peer.id(), (_, _) -> true);
            }
            RedisLink.unwaited(wire.tell(link, new News.Changed(new Change.Admitted(peer.id(), peer.admission()))));
            return true;
        });
        near.admit(peer, wire.self());
    }

    /** What needs an answer of Redis, and is refused without one. */
    private static <T> T ask(Supplier<T> question) {
        try {
            return question.get();
        } catch (RedisLink.Unavailable e) {
            throw RedisLink.notKept();
        }
    }

    @Override
    public Optional<Peer> find(PeerId id) {
        // One whose lease has ended here may have been renewed elsewhere.
        return near.find(id).map(known -> known.peer).filter(peer -> peer.isLive(clock.instant()));
    }

    @Override
    public Optional<Peer> fetch(PeerId id) {
        return find(id).or(() -> ask(() -> RedisLink.await(near.bring(id))));
    }

    @Override
    public boolean renew(PeerId id, Instant until) {
        if (!table.renew(id, until)) {
            return false;
        }
        renewals.add(id, until);
        near.find(id).filter(known -> !presence.isAlive(known.tender()))
                .ifPresent(known -> executor.execute(() -> tend(known)));
        return true;
    }

    /** Its agent comes here, and the process that tended it is gone. */
    private void tend(Near known) {
        near.setTender(known, wire.self());
        try {
            RedisLink.unwaited(shared.setTender(known.peer.id(), wire.self()));
        } catch (RedisLink.Unavailable e) {
            return; // whoever finds nobody tending it does so
        }
    }

    /** Redis does not know the lease: its agent has to register anew. Until it ends, what is at hand is still true. */
    private void lost(PeerId id) {
        near.forget(id);
    }

    @Override
    public boolean update(Peer peer, HoldingsUpdate update) {
        Near known = near.find(peer.id()).filter(its -> its.peer.equals(peer)).orElse(null);
        if (known == null || !ask(() -> write(known, update))) {
            return false;
        }
        show(peer, update);
        return true;
    }

    private boolean write(Near known, HoldingsUpdate update) {
        PeerId id = known.peer.id();
        var before = RedisLink.await(shared.sums(id));
        if (before.isEmpty()) {
            near.remove(known.peer);
            return false;
        }
        var written = holdings.update(id, HolderValue.mark(known.peer.admission()), update);
        var sums = update.anew() ? written.sums() : before.get().plus(written.sums());
        if (!RedisLink.await(shared.setSums(id, sums))) {
            near.remove(known.peer);
            return false;
        }
        near.written(known, sums, update.anew() ? written.more() : known.holdings() + written.more());
        return true;
    }

    /** Of what is asked for here. */
    private void show(Peer peer, HoldingsUpdate update) {
        var hold = update.hold().stream().filter(held -> hot.hears(held.digest(), peer.id())).toList();
        var drop = update.drop().stream().filter(digest -> hot.hears(digest, peer.id())).toList();
        table.update(peer, new HoldingsUpdate(update.anew(), hold, drop));
    }

    @Override
    public boolean remove(Peer peer) {
        if (!near.remove(peer)) {
            return false;
        }
        ask(() -> {
            forget(peer, shared.remove(peer));
            return true;
        });
        return true;
    }

    /** @param removal from Redis; false if it is another lease that is there */
    private void forget(Peer peer, CompletionStage<Boolean> removal) {
        if (RedisLink.await(removal)) {
            int mark = HolderValue.mark(peer.admission());
            RedisLink.unwaited(wire.tell(link, new News.Gone(peer.id(), mark)));
            holdings.withdrawAll(peer.id(), (_, value) -> value.mark() == mark);
        }
    }

    /** In this process; those that it tended, and nobody else has renewed, are taken out of Redis as well. */
    @Override
    public int removeExpired(Instant now) {
        lookAgain();
        List<Near> ended = near.expire(now);
        try {
            ended.stream().filter(gone -> gone.tender().equals(wire.self()))
                    .forEach(gone -> forget(gone.peer, shared.removeEnded(gone.peer)));
        } catch (RedisLink.Unavailable | RequestRejected e) {
            return ended.size(); // there they run out by themselves
        }
        return ended.size();
    }

    /**
     * Looks into leases that seem to have ended: a process that was held up has missed that they were extended elsewhere, and would take
     * live holders for gone until it looks at what they hold anew.
     */
    private void lookAgain() {
        Instant now = clock.instant();
        try {
            near.refreshAll(near.select(known -> !known.peer.isLive(now)
                    && (known.tender().equals(wire.self()) || isShown(known.peer.id()))));
        } catch (RedisLink.Unavailable | RequestRejected e) {
            return; // then they have ended as far as is known here
        }
    }

    @Override
    public void relocate(Function<InetAddress, Place> locator) {
        table.relocate(locator);
    }

    @Override
    public Holders holders(Sha256 digest) {
        hot.touch(digest);
        return table.holders(digest);
    }

    @Override
    public CompletableFuture<Boolean> bring(Sha256 digest) {
        return hot.heat(digest);
    }

    @Override
    public boolean holds(PeerId id, Sha256 digest) {
        return ask(() -> holdings.holds(id, digest));
    }

    @Override
    public int holdingsOf(PeerId id) {
        return near.find(id).map(Near::holdings).orElse(0);
    }

    @Override
    public long partBytesOf(PeerId id) {
        return near.find(id).map(known -> known.sums().partBytes()).orElse(0L);
    }

    @Override
    public long partBytes() {
        return table.partBytes();
    }

    /** What goes over another process is noticed late here: what does not fit is looked into before it is believed. */
    @Override
    public boolean isInSync(PeerId id, long said) {
        Near known = near.find(id).orElse(null);
        if (known == null || known.sums().checksum() == said) {
            return true;
        }
        Long doubted = known.doubted;
        known.doubted = null;
        if (doubted != null && doubted == known.sums().checksum()) {
            return false;
        }
        try {
            RedisLink.unwaited(near.refresh(known).thenRun(() -> known.doubted = known.sums().checksum()));
        } catch (RedisLink.Unavailable e) {
            return true;
        }
        return true;
    }

    /** Those that this process tends. */
    @Override
    public void forEachPeer(Consumer<Peer> consumer) {
        near.select(known -> known.tender().equals(wire.self())).forEach(known -> consumer.accept(known.peer));
    }

    /** Nothing as long as Redis does not tell. */
    @Override
    public Optional<Sha256> drawHolding(PeerId id, RandomGenerator random) {
        try {
            return holdings.draw(id).map(drawn -> {
                hot.touch(drawn.getKey());
                hot.hear(drawn.getKey(), id, drawn.getValue());
                return drawn.getKey();
            });
        } catch (RedisLink.Unavailable | RequestRejected e) {
            return Optional.empty();
        }
    }

    @Override
    public void turned(Peer peer) {
        try {
            RedisLink.unwaited(shared.setState(peer.id(), peer.state()));
            RedisLink.unwaited(wire.tell(link, new News.Turned(peer.id(), peer.state())));
        } catch (RedisLink.Unavailable e) {
            return; // the next look at it says so again
        }
    }

    /** Those that this process tends. */
    @Override
    public int peerCount() {
        return near.tended();
    }

    @Override
    public int peersAtHand() {
        return table.peerCount();
    }

    /** Of the peers that are at hand. */
    @Override
    public Census census() {
        return table.census();
    }

    /** Of the peers that are at hand. */
    @Override
    public long bitsPerSecond() {
        return table.bitsPerSecond();
    }

    /** Of the peers that this process tends. */
    @Override
    public long holdingCount() {
        return near.tendedHoldings();
    }

    @Override
    public Optional<Supplier<Share>> share() {
        return Optional.of(presence::share);
    }

    @Override
    public void charged(Peer peer, long bytes) {
        charges.add(new News.Charge(peer.id(), bytes));
    }

    @Override
    public void reported(Peer peer, UploadReport report, long now) {
        if (report.equals(UploadReport.IDLE) && peer.uploads().bytesInFlight(now) == 0) {
            return; // as nearly all do at most times: the others think so, too
        }
        try {
            RedisLink.unwaited(wire.tell(link, new News.Reported(peer.id(), report)));
        } catch (RedisLink.Unavailable e) {
            return; // the next one will tell
        }
    }

    /** Whether it holds something that is hot. */
    boolean isShown(PeerId id) {
        return table.holdingsOf(id) > 0;
    }

    /** How many holdings are at hand. */
    long shownHoldings() {
        return table.holdingCount();
    }

    NearPeers near() {
        return near;
    }

    HotSet hot() {
        return hot;
    }

    Renewals renewals() {
        return renewals;
    }

    SharedHoldings shared() {
        return holdings;
    }
}
