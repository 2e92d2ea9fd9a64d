package io.fingerpost.registry.swarm;

import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.Order;
import io.fingerpost.contract.api.Orders;
import io.fingerpost.registry.store.Peer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where one peer gets its orders: those that it has not been told yet, and its question if it waits for some. Guarded by {@link Swarms}. */
final class Desk {
    /** Pieces that a peer is fetching, with which it need not be told at once of further ones. */
    private static final int ENOUGH = 2;

    private final Peer peer;
    private final Sender sender;
    private final Map<Sha256, Member> members = new HashMap<>();
    private final List<Task> untold = new ArrayList<>();
    private @Nullable Consumer<Orders> waiting;
    private long waitsUntil;
    private long lastUse;

    Desk(Peer peer, long now) {
        this.peer = peer;
        this.sender = Sender.of(peer);
        this.lastUse = now;
    }

    Peer peer() {
        return peer;
    }

    Sender sender() {
        return sender;
    }

    /** Its part in each swarm. */
    Map<Sha256, Member> members() {
        return members;
    }

    void used(long now) {
        lastUse = now;
    }

    /** The peer has said something. */
    void heard(long now) {
        used(now);
        sender.heard(now);
    }

    boolean isUnusedSince(long then) {
        return members.isEmpty() && waiting == null && lastUse < then;
    }

    void give(Task task) {
        task.hold();
        untold.add(task);
    }

    /**
     * Whether the peer waits, and there is something to tell it, or it has waited long enough. Who has work enough is told with the answer to its next
     * announcement, which costs nothing more; but not if a sender's line could fall silent meanwhile.
     */
    boolean isDue(long now) {
        return waiting != null && (untold.stream().filter(Task::isPending).anyMatch(task -> !hasWork() || task.isNext())
                || now >= waitsUntil);
    }

    private boolean hasWork() {
        int tasks = 0;
        for (Member member : members.values()) {
            tasks += member.taskCount();
        }
        return tasks - untold.size() >= ENOUGH;
    }

    void await(Consumer<Orders> answer, long until) {
        waiting = answer;
        waitsUntil = until;
    }

    /** The question that it waits for the answer of, which is asked no more; null if there is none. */
    @Nullable
    Consumer<Orders> takeWaiting() {
        var taken = waiting;
        waiting = null;
        return taken;
    }

    /** What it has not been told yet. */
    Orders takeOrders(long now, Instant ticketEnd) {
        var orders = orders(untold, now, ticketEnd);
        untold.clear();
        return orders;
    }

    /** What it has not been told yet of one digest; who asks for it takes no notice of others. */
    Orders takeOrders(Sha256 digest, long now, Instant ticketEnd) {
        var some = untold.stream().filter(task -> task.to().swarm().digest().equals(digest)).toList();
        untold.removeAll(some);
        return orders(some, now, ticketEnd);
    }

    /** Grouped by source; tasks that ended meanwhile are left out. */
    private Orders orders(List<Task> tasks, long now, Instant ticketEnd) {
        var pieces = new LinkedHashMap<Source, List<Integer>>();
        for (Task task : tasks) {
            if (task.isPending()) {
                task.told(now);
                pieces.computeIfAbsent(Source.of(task), _ -> new ArrayList<>())
                        .add(task.piece());
            }
        }
        var orders = new ArrayList<Order>();
        pieces.forEach((source, list) -> orders.add(source.order(peer, list, ticketEnd)));
        return new Orders(orders);
    }

    /** @param early the piece that the sender does not have yet, which is an order by itself, or others would wait for it; -1 for those that it has */
    private record Source(Swarm swarm, Sender from, int early) {
        static Source of(Task task) {
            return new Source(task.to().swarm(), task.from(), task.isEarly() ? task.piece() : -1);
        }

        Order order(Peer to, List<Integer> pieces, Instant ticketEnd) {
            Sha256 digest = swarm.digest();
            Peer peer = from.peer();
            return peer == null
                    ? new Order(digest, Optional.empty(), Optional.empty(), pieces)
                    : new Order(digest, Optional.of(peer.id()),
                            Optional.of(peer.endpointFor(to).url() + NiPath.of(digest)
                                    + "?t=" + peer.ticketKey().issue(digest, ticketEnd)),
                            pieces);
        }
    }
}
