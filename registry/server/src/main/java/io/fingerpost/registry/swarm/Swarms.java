package io.fingerpost.registry.swarm;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.Orders;
import io.fingerpost.contract.api.OrdersRequest;
import io.fingerpost.contract.api.Plan;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.RequestRejected;
import io.fingerpost.registry.locality.Tier;
import io.fingerpost.registry.representation.Binding;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.store.Holder;
import io.fingerpost.registry.store.Holders;
import io.fingerpost.registry.store.PartialHolder;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.swarm.SwarmMeters.PlanOutcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The swarms of this registry: peers join them when they begin to fetch, and are told what to take from whom. Kept in memory alone:
 * after a restart, those that fetch join anew. Safe for use by many threads, and does not wait.
 */
public final class Swarms implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Swarms.class);
    private static final Duration TICK = Duration.ofMillis(200);
    /** Holders that are brought in for each peer that joins. */
    private static final int SEEDS = 8;
    /** Representations that one peer fetches at a time. */
    private static final int MOST_FETCHED = 1_000;
    /** One tick in so many takes a look at everybody. */
    private static final int LOOKS = 5;
    private static final Duration UNUSED = Duration.ofMinutes(1);

    private final Registry registry;
    private final SwarmConfig config;
    private final Shareable shareable;
    private final SwarmMeters meters;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Dispatch dispatch;
    private final Thread thread = Thread.ofVirtual().name("swarms").unstarted(this::run);
    /** All below guarded by this, as all that hangs on them. */
    private final Map<Sha256, Swarm> swarms = new HashMap<>();
    private final Map<PeerId, Desk> desks = new HashMap<>();
    /** Desks that may have something to tell. */
    private final Set<Desk> ready = new LinkedHashSet<>();
    private int ticks;
    private boolean ending;

    /** @param shareable asked of each resource that a plan is wanted for */
    public Swarms(Registry registry, SwarmConfig config, Shareable shareable, SwarmMeters meters,
            RandomGenerator random, InstantSource clock) {
        this.registry = registry;
        this.config = config;
        this.shareable = shareable;
        this.meters = meters;
        this.random = random;
        this.clock = clock;
        this.dispatch = new Dispatch(Sender.origin(), config.originPiecesInAll(), meters);
    }

    public void start() {
        thread.start();
    }

    /**
     * A peer begins to fetch a resource, or asks again because it lost its orders.
     *
     * @throws RequestRejected if its lease is not known, or the resource cannot be had from peers: the broker's own answer is what counts then
     */
    public Plan plan(PeerId id, String secret, ResourceId resource) {
        Peer peer = registry.leased(id, secret);
        registry.bringNow(resource);
        var representation = representation(resource);
        int holders = registry.holders(representation.digest()).count();
        Orders orders;
        List<Runnable> answers;
        synchronized (this) {
            long now = clock.millis();
            Desk desk = desk(peer, now);
            desk.heard(now);
            Holders known = registry.holders(representation.digest());
            boolean holdsAll = known.of(peer) instanceof Peer;
            meters.countPlan(holdsAll ? PlanOutcome.HELD : join(desk, representation, known, now));
            orders = desk.takeOrders(representation.digest(), now, ticketEnd());
            answers = due(now);
        }
        answers.forEach(Runnable::run);
        return new Plan(representation, orders.orders(), holders);
    }

    private Representation representation(ResourceId resource) {
        var known = registry.representations().lookup(resource).filter(binding -> binding.isFresh(clock.instant()))
                .map(Binding::representation)
                .filter(found -> found.hasPieces() && shareable.allows(resource, found.size()));
        if (known.isEmpty()) {
            meters.countPlan(PlanOutcome.NONE);
        }
        return known.orElseThrow(() -> new RequestRejected(404, "no-plan",
                "the resource is not known, or not for sharing; ask the broker for it"));
    }

    private Desk desk(Peer peer, long now) {
        Desk known = desks.get(peer.id());
        if (known != null && !known.peer().equals(peer)) {
            close(known, now); // it has come anew
            known = null;
        }
        if (known == null) {
            known = new Desk(peer, now);
            desks.put(peer.id(), known);
        }
        known.used(now);
        return known;
    }

    private void close(Desk desk, long now) {
        desks.remove(desk.peer().id());
        for (Sha256 digest : List.copyOf(desk.members().keySet())) {
            leave(desk, digest, now);
        }
        var waiting = desk.takeWaiting();
        if (waiting != null) {
            waiting.accept(Orders.NONE);
        }
    }

    private PlanOutcome join(Desk desk, Representation representation, Holders holders, long now) {
        Member known = desk.members().get(representation.digest());
        if (known != null && known.fetches()) {
            dispatch.again(known, now);
            return PlanOutcome.AGAIN;
        }
        if (known != null) {
            leave(desk, representation.digest(), now);
        }
        if (desk.members().size() >= MOST_FETCHED) {
            throw new RequestRejected(429, "fetches-too-much",
                    "at most " + MOST_FETCHED + " resources are fetched at a time");
        }
        Swarm swarm = swarms.computeIfAbsent(representation.digest(),
                digest -> new Swarm(digest, representation.layout(), config.originPieces(), random));
        bringSeeds(swarm, desk.peer(), holders, now);
        join(desk, swarm, pieces(holders.of(desk.peer())), true, now);
        return PlanOutcome.JOINED;
    }

    private void join(Desk desk, Swarm swarm, BitSet have, boolean fetches, long now) {
        var member = new Member(swarm, desk.sender(), desk.peer(), have, fetches, task -> {
            desk.give(task);
            ready.add(desk);
        }, now);
        desk.members().put(swarm.digest(), member);
        dispatch.join(member, now);
    }

    private static BitSet pieces(@Nullable Holder holder) {
        return holder instanceof PartialHolder(Peer _, PieceSet pieces) ? BitSet.valueOf(pieces.bytes()) : new BitSet();
    }

    /** Those who hold it already and fetch nothing of it: some near the peer that joins, and some from anywhere. */
    private void bringSeeds(Swarm swarm, Peer to, Holders holders, long now) {
        Holder[] few = holders.all();
        if (few != null && few.length <= SEEDS) {
            for (Holder holder : few) {
                bring(swarm, holder, now);
            }
            return;
        }
        var drawn = new Holder[SEEDS / 2];
        for (Tier tier : List.of(Tier.LOCAL, Tier.ANYWHERE)) {
            int count = holders.draw(tier, to.place(), random, drawn);
            for (int i = 0; i < count; i++) {
                bring(swarm, drawn[i], now);
            }
        }
    }

    private void bring(Swarm swarm, Holder holder, long now) {
        Desk desk = desk(holder.peer(), now);
        if (!desk.members().containsKey(swarm.digest())) {
            BitSet have = pieces(holder);
            if (holder instanceof Peer) {
                have.set(0, swarm.layout().count());
            }
            join(desk, swarm, have, false, now);
        }
    }

    /** Who has all of it goes on serving those who fetch. */
    private void left(Desk desk, Sha256 digest, long now) {
        Member member = desk.members().get(digest);
        if (member != null && (member.fetches() || member.swarm().isIdle())) {
            leave(desk, digest, now);
        }
    }

    private void leave(Desk desk, Sha256 digest, long now) {
        Member member = desk.members().remove(digest);
        if (member != null) {
            dispatch.leave(member, now);
            if (member.swarm().isIdle()) {
                swarms.remove(digest);
                member.swarm().members()
                        .forEach(other -> desk(other.peer(), now).members().remove(digest));
            }
        }
    }

    /** A peer has said what it holds now; what it is to take next. */
    public Orders announced(PeerId id, String secret, HoldingsUpdate update) {
        registry.update(id, secret, update);
        Orders orders;
        List<Runnable> answers;
        synchronized (this) {
            Desk desk = desks.get(id);
            if (desk == null) {
                return Orders.NONE;
            }
            long now = clock.millis();
            desk.heard(now);
            update.drop().forEach(digest -> leave(desk, digest, now));
            if (update.anew()) {
                forget(desk, update, now);
            }
            for (var held : update.hold()) {
                Member member = desk.members().get(held.digest());
                if (member != null && held.pieces().count() == member.swarm().layout().count()) {
                    dispatch.verified(member, held.pieces(), now);
                }
            }
            orders = desk.takeOrders(now, ticketEnd());
            answers = due(now);
        }
        answers.forEach(Runnable::run);
        return orders;
    }

    /** What it does not name any more it does not have any more; if it fetches that still, it asks for a plan again. */
    private void forget(Desk desk, HoldingsUpdate update, long now) {
        var held = update.hold().stream().map(HoldingsUpdate.Held::digest).collect(Collectors.toSet());
        if (held.size() + update.drop().size() >= HoldingsUpdate.MAX_ENTRIES) {
            return; // the rest is named in the next one
        }
        for (Member member : List.copyOf(desk.members().values())) {
            Sha256 digest = member.swarm().digest();
            if (!held.contains(digest) && !member.have().isEmpty()) {
                leave(desk, digest, now);
            }
        }
    }

    /** A peer waits for orders: {@code answer} is called once, at once or later, by whichever thread has some. */
    public void orders(PeerId id, String secret, OrdersRequest request, Consumer<Orders> answer) {
        Peer peer = registry.leased(id, secret);
        List<Runnable> answers = new ArrayList<>();
        synchronized (this) {
            long now = clock.millis();
            Desk desk = desk(peer, now);
            desk.heard(now);
            var before = desk.takeWaiting();
            if (before != null) {
                answers.add(() -> before.accept(Orders.NONE));
            }
            for (var failed : request.failed()) {
                Member member = desk.members().get(failed.digest());
                if (member != null) {
                    sender(failed.from()).ifPresent(sender -> dispatch.failed(member, sender, now));
                }
            }
            request.left().forEach(digest -> left(desk, digest, now));
            desk.await(answer, now + OrdersRequest.LONGEST_WAIT_SECONDS * 1_000L);
            ready.add(desk);
            answers.addAll(due(now));
            answers.addAll(ending ? letGo(desk) : List.of());
        }
        answers.forEach(Runnable::run);
    }

    /** Answers all who wait for orders, and from now on whoever comes: this process is about to end. */
    public void letGo() {
        List<Runnable> answers = new ArrayList<>();
        synchronized (this) {
            ending = true;
            desks.values().forEach(desk -> answers.addAll(letGo(desk)));
        }
        answers.forEach(Runnable::run);
    }

    private static List<Runnable> letGo(Desk desk) {
        var waiting = desk.takeWaiting();
        return waiting == null ? List.of() : List.of(() -> waiting.accept(Orders.NONE));
    }

    private Optional<Sender> sender(Optional<PeerId> id) {
        return id.isEmpty()
                ? Optional.of(dispatch.origin())
                : id.flatMap(peer -> Optional.ofNullable(desks.get(peer))).map(Desk::sender);
    }

    /** The answers for those who wait and now have orders; to be run without the lock. */
    private List<Runnable> due(long now) {
        var answers = new ArrayList<Runnable>();
        ready.forEach(desk -> answer(desk, now).ifPresent(answers::add));
        ready.clear();
        return answers;
    }

    private Optional<Runnable> answer(Desk desk, long now) {
        if (!desk.isDue(now)) {
            return Optional.empty();
        }
        var waiting = Objects.requireNonNull(desk.takeWaiting());
        var orders = desk.takeOrders(now, ticketEnd());
        return Optional.of(() -> waiting.accept(orders));
    }

    private Instant ticketEnd() {
        return clock.instant().plus(registry.config().ticketTtl());
    }

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                Thread.sleep(TICK);
                tick();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    void tick() {
        List<Runnable> answers;
        synchronized (this) {
            long now = clock.millis();
            try {
                dispatch.tick(now);
                if (++ticks % LOOKS == 0) {
                    lookAround(now);
                }
            } catch (RuntimeException e) {
                LOG.error("the swarms' clock failed", e);
            }
            answers = due(now);
        }
        answers.forEach(Runnable::run);
    }

    /** Closes the desks of those who are gone, and answers who has waited long enough. */
    private void lookAround(long now) {
        for (Desk desk : List.copyOf(desks.values())) {
            if (!registry.isKnown(desk.peer()) || desk.isUnusedSince(now - UNUSED.toMillis())) {
                close(desk, now);
            }
        }
        ready.addAll(desks.values());
    }

    /** How many representations are being fetched together. */
    public synchronized int count() {
        return swarms.size();
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
