package io.fingerpost.agent.fetch;

import io.fingerpost.agent.membership.LeaseListener;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.Order;
import io.fingerpost.contract.api.Orders;
import io.fingerpost.contract.api.OrdersRequest;
import io.fingerpost.contract.api.OrdersRequest.Failed;
import io.fingerpost.contract.api.Plan;
import io.fingerpost.contract.api.PlanRequest;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.client.RegistryRefused;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where this agent gets the registry's orders: what its downloads take next, and from whom. They come with the answers to what is
 * announced, and to one question that stays open for as long as anything is being fetched. Safe for use by many threads.
 */
public final class OrderDesk implements LeaseListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OrderDesk.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int MOST_EARLY = 256;
    /** A registry takes only so many requests of one network at a time, and others are there too. */
    private static final int MOST_PLANS = 4;
    /** Who has waited so long for its turn asks the broker: a registry that does not answer must not hold anybody up. */
    private static final Duration LONGEST_TURN = Duration.ofSeconds(5);

    private final RegistryClient registry;
    private final HolderCounts counts;
    private final Semaphore plans = new Semaphore(MOST_PLANS);
    private final ExecutorService threads = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("orders-", 0).factory());
    /** All below guarded by this. */
    private final Map<Sha256, OrderTaker> takers = new HashMap<>();
    /** Orders for what is just being begun: they may come sooner, with the answer to something else. */
    private final Deque<Order> early = new ArrayDeque<>();
    private final Set<Failed> failed = new LinkedHashSet<>();
    private final Set<Sha256> left = new LinkedHashSet<>();
    private @Nullable LeaseGrant lease;
    /** The question that is open is the last of so many; the registry answers earlier ones when a new one comes. */
    private long questions;
    private boolean isAsking;
    private long lastOrder = System.nanoTime();

    /** Carries out the orders for one digest; must not wait. */
    interface OrderTaker {
        void take(Order order);
    }

    /** @param counts learns from each plan how many hold what */
    public OrderDesk(RegistryClient registry, HolderCounts counts) {
        this.registry = registry;
        this.counts = counts;
    }

    /** Each download asks for a plan again by itself. */
    @Override
    public synchronized void granted(LeaseGrant granted) {
        lease = granted;
        isAsking = false;
        early.clear();
        askIfWanted();
    }

    @Override
    public synchronized void lost() {
        lease = null;
    }

    /** How a resource can be fetched together with others; empty if it has to be asked for at the broker. */
    Optional<Plan> plan(String resource) {
        LeaseGrant current;
        synchronized (this) {
            current = lease;
        }
        if (current == null || resource.length() > PlanRequest.LONGEST || !awaitTurn()) {
            return Optional.empty();
        }
        try {
            var plan = registry.plan(current, new PlanRequest(resource));
            counts.learn(plan.representation().digest(), plan.holders());
            return Optional.of(plan);
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("why", e.getMessage()).log("no plan");
            return Optional.empty();
        } finally {
            plans.release();
        }
    }

    private boolean awaitTurn() {
        try {
            return plans.tryAcquire(LONGEST_TURN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** From now on orders for {@code digest} go to {@code taker}; false if they go to another already. */
    synchronized boolean begin(Sha256 digest, OrderTaker taker) {
        if (takers.putIfAbsent(digest, taker) != null) {
            return false;
        }
        left.remove(digest);
        failed.removeIf(old -> old.digest().equals(digest));
        askIfWanted();
        return true;
    }

    /** The orders for {@code digest} that came before it was begun. */
    synchronized List<Order> takeEarly(Sha256 digest) {
        var taken = early.stream().filter(order -> order.digest().equals(digest)).toList();
        early.removeAll(taken);
        return taken;
    }

    /** What is ordered of {@code digest} is not wanted; nothing happens if somebody else takes it. */
    synchronized void decline(Sha256 digest) {
        if (!takers.containsKey(digest)) {
            end(digest);
        }
    }

    synchronized void end(Sha256 digest) {
        takers.remove(digest);
        takeEarly(digest);
        left.add(digest);
        if (takers.isEmpty()) {
            askAnew(); // else the next question tells it
        }
    }

    /** A source failed; the registry is to order what is missing from others. */
    synchronized void failed(Sha256 digest, Optional<PeerId> from) {
        failed.add(new Failed(digest, from));
        askAnew();
    }

    /** Whether anything was ordered, of whatever is being fetched, since it was so long ago. */
    synchronized boolean hasOrderedWithin(Duration time) {
        return System.nanoTime() - lastOrder < time.toNanos();
    }

    @Override
    public void ordered(Orders orders) {
        for (Order order : orders.orders()) {
            OrderTaker taker;
            synchronized (this) {
                lastOrder = System.nanoTime();
                taker = takers.get(order.digest());
                if (taker == null) {
                    keep(order);
                }
            }
            if (taker != null) {
                taker.take(order);
            }
        }
    }

    private void keep(Order order) {
        if (left.contains(order.digest())) {
            return; // it comes late, not early
        }
        if (early.size() == MOST_EARLY) {
            early.removeFirst();
        }
        early.addLast(order);
    }

    private synchronized void askIfWanted() {
        if (!isAsking && !takers.isEmpty()) {
            askAnew();
        }
    }

    private synchronized void askAnew() {
        var current = lease;
        if (current == null) {
            return;
        }
        isAsking = true;
        long question = ++questions;
        threads.execute(() -> ask(current, question));
    }

    private void ask(LeaseGrant current, long question) {
        var request = request(question);
        if (request.isEmpty()) {
            return;
        }
        try {
            long asked = System.nanoTime();
            var orders = registry.orders(current, request.get());
            ordered(orders);
            if (orders.orders().isEmpty() && System.nanoTime() - asked < RETRY.toNanos()) {
                pause(); // it did not wait for something to order
            }
        } catch (IOException e) {
            LOG.atDebug().addKeyValue("why", e.getMessage()).log("no orders"); // a lost lease is the heartbeat's to notice
            if (!(e instanceof RegistryRefused refused) || refused.problem().status() >= 500) {
                untold(request.get());
            }
            pause();
        }
        next(current, question);
    }

    /** Empty if a later question has taken all that there was to say. */
    private synchronized Optional<OrdersRequest> request(long question) {
        if (question != questions) {
            return Optional.empty();
        }
        var request = new OrdersRequest(taken(failed), taken(left));
        return Optional.of(request);
    }

    /** It may not have got there: told again, it does no harm. */
    private synchronized void untold(OrdersRequest request) {
        failed.addAll(request.failed());
        request.left().stream().filter(digest -> !takers.containsKey(digest)).forEach(left::add);
    }

    private static <T> List<T> taken(Set<T> all) {
        var some = all.stream().limit(OrdersRequest.MOST).toList();
        some.forEach(all::remove);
        return some;
    }

    private static void pause() {
        try {
            Thread.sleep(RETRY);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void next(LeaseGrant current, long question) {
        boolean isLast = question == questions || !failed.isEmpty(); // a later question did not know what is to be told again
        if (!isLast || !current.equals(lease)) {
            return;
        }
        isAsking = false;
        if (!Thread.currentThread().isInterrupted() && !(takers.isEmpty() && left.isEmpty() && failed.isEmpty())) {
            askAnew();
        }
    }

    @Override
    public synchronized void close() {
        lease = null; // what still ends is told to nobody
        takers.clear();
        threads.shutdownNow();
    }
}
