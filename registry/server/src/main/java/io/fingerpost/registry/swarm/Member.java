package io.fingerpost.registry.swarm;

import io.fingerpost.registry.store.Peer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A peer in one swarm: what it has of the representation, and what it was told to take. Not thread-safe. */
final class Member {
    /** A sender that failed it is not given to it again so soon, in milliseconds. */
    private static final long AVOIDED = 10_000;
    /** Pieces on their way to it: more with each that arrives, half as many with each that does not. */
    private static final int LEAST_TASKS = 2;
    private static final int FIRST_TASKS = 4;
    private static final int MOST_TASKS = 32;

    private final Swarm swarm;
    private final Sender sender;
    private final Peer peer;
    private final BitSet have;
    private final Consumer<Task> told;
    private final Map<Integer, List<Task>> pending = new HashMap<>();
    private final Map<Sender, Long> avoided = new HashMap<>();
    /** What others are to take from it as soon as it has got the piece. */
    private final Map<Integer, List<Task>> early = new HashMap<>();
    private boolean fetches;
    private boolean passesOn;
    private final BitSet coming = new BitSet();
    private final BitSet soon = new BitSet();
    private long soonAt = Long.MIN_VALUE;
    private int taskCount;
    private int most = FIRST_TASKS;
    private int fromOrigin;
    private int originTasks;
    private long lastProgress;

    /**
     * @param have is changed as pieces arrive
     * @param fetches whether it wants the pieces that it does not have
     * @param told takes what it is to fetch
     */
    Member(Swarm swarm, Sender sender, Peer peer, BitSet have, boolean fetches, Consumer<Task> told, long now) {
        this.swarm = swarm;
        this.sender = sender;
        this.peer = peer;
        this.have = have;
        this.fetches = fetches;
        this.told = told;
        this.lastProgress = now;
    }

    Swarm swarm() {
        return swarm;
    }

    Sender sender() {
        return sender;
    }

    Peer peer() {
        return peer;
    }

    BitSet have() {
        return have;
    }

    boolean fetches() {
        return fetches;
    }

    /** Whether it can be told to fetch something. */
    boolean takes(long now) {
        return fetches && !sender.isSilent(now);
    }

    /** Whether the others are served first: it is in quarantine. */
    boolean comesLast() {
        return peer.state() == Peer.State.QUARANTINED;
    }

    /** Whether what it has counts as what others can get. */
    boolean passesOn() {
        return passesOn;
    }

    void passOn(boolean can) {
        passesOn = can;
    }

    /** How many pieces are on their way to it. */
    int taskCount() {
        return taskCount;
    }

    /** Whether another piece should be on its way to it: its line may be slow. */
    boolean hasRoom() {
        return taskCount < most;
    }

    /** The same of what comes from the origin: what peers send must not keep it from there. */
    boolean hasRoomFromOrigin() {
        return originTasks < most;
    }

    /** A piece did not arrive. */
    void lost() {
        most = Math.max(LEAST_TASKS, most / 2);
    }

    /** How many pieces it was given by the origin, so that others get them from it. */
    int fromOrigin() {
        return fromOrigin;
    }

    long lastProgress() {
        return lastProgress;
    }

    boolean avoids(Sender other, long now) {
        Long until = avoided.get(other);
        return until != null && now < until;
    }

    void avoid(Sender other, long now) {
        avoided.put(other, now + AVOIDED);
    }

    /** The tasks for one piece: more than one if it is hedged. */
    List<Task> pending(int piece) {
        return pending.getOrDefault(piece, List.of());
    }

    /** The pieces that are on their way to it; not to be changed. */
    BitSet coming() {
        return coming;
    }

    /** The pieces that it will have in a moment, so that others can be told already; not to be changed. */
    BitSet soon(long now) {
        if (soonAt != now) {
            soonAt = now;
            soon.clear();
            pending.forEach((piece, tasks) -> soon.set(piece, tasks.size() == 1 && tasks.getFirst().isSoon(now)));
        }
        return soon;
    }

    /** Another member is to take from here what is still on its way. */
    void promise(Task task) {
        early.computeIfAbsent(task.piece(), _ -> new ArrayList<>(1)).add(task);
    }

    /** What others are still to take from here as soon as a piece has come. */
    List<Task> takeEarly(int piece) {
        var tasks = early.remove(piece);
        return tasks == null ? List.of() : tasks.stream().filter(Task::isPending).toList();
    }

    List<Task> allPending() {
        var all = new ArrayList<Task>();
        pending.values().forEach(all::addAll);
        return all;
    }

    void begin(Task task) {
        pending.computeIfAbsent(task.piece(), _ -> new ArrayList<>(1)).add(task);
        coming.set(task.piece());
        soon.clear(task.piece());
        taskCount++;
        sender.awaits(task.mark().bytes());
        fromOrigin += task.from().isOrigin() ? 1 : 0;
        originTasks += task.from().isOrigin() ? 1 : 0;
        told.accept(task);
    }

    void end(Task task) {
        soon.clear(task.piece());
        pending.computeIfPresent(task.piece(), (_, tasks) -> {
            if (tasks.remove(task)) {
                taskCount--;
                originTasks -= task.from().isOrigin() ? 1 : 0;
                sender.awaits(-task.mark().bytes());
            }
            if (!tasks.isEmpty()) {
                return tasks;
            }
            coming.clear(task.piece());
            return null;
        });
    }

    /** It has verified a piece. */
    void gained(int piece, long now) {
        have.set(piece);
        takeEarly(piece).forEach(task -> task.ready(now));
        lastProgress = now;
        most = Math.min(MOST_TASKS, most + 1);
        fetches &= have.cardinality() < swarm.layout().count();
    }
}
