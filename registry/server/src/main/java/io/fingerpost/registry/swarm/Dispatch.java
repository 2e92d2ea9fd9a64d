package io.fingerpost.registry.swarm;

import io.fingerpost.contract.PieceSet;
import io.fingerpost.registry.swarm.Swarm.Choice;
import io.fingerpost.registry.swarm.SwarmMeters.PieceSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives orders: who takes which piece from whom, in all swarms together.
 *
 * <p>A sender gets work as long as its line has room ({@link Flow}): the rarest piece first, counted over all members and with
 * those that are on their way already. A piece that nobody has is taken from the origin once, each by another member first. A piece
 * that is late is also sent by somebody else; a member that gets nothing from anybody is served by the origin.
 *
 * <p>Pure: it knows the time that it is told, in milliseconds, and waits for nothing. Not thread-safe.
 */
final class Dispatch {
    /** Swarms that are looked at for one decision. */
    private static final int LOOKED_AT = 64;
    /** After a longer time without a tick, in milliseconds, it may be this process that heard nothing. */
    private static final long ATTENTIVE = 500;
    private static final int WITNESSES = 2;

    private final Sender origin;
    private final int mostFromOrigin;
    private final SwarmMeters meters;
    private final Set<Swarm> swarms = new LinkedHashSet<>();
    private int originTasks;
    private long lastTick;

    /** @param mostFromOrigin most pieces that are on their way from the origin at a time */
    Dispatch(Sender origin, int mostFromOrigin, SwarmMeters meters) {
        this.origin = origin;
        this.mostFromOrigin = mostFromOrigin;
        this.meters = meters;
    }

    Sender origin() {
        return origin;
    }

    /** Takes a member into a swarm. */
    void join(Member member, long now) {
        swarms.add(member.swarm());
        member.swarm().add(member, now);
        member.sender().members().add(member);
        drain(member.sender(), now);
        feed(member, now);
        drainOrigin(now);
    }

    /** The member has lost its orders: what it was to take is given up, and given anew. */
    void again(Member member, long now) {
        member.sender().heard(now);
        member.allPending().forEach(this::withdraw);
        feed(member, now);
        drainOrigin(now);
    }

    /** Takes it out again: who was to get something from it gets it elsewhere. */
    void leave(Member member, long now) {
        Swarm swarm = member.swarm();
        member.allPending().forEach(this::withdraw);
        member.sender().members().remove(member);
        swarm.remove(member);
        if (swarm.isIdle()) {
            close(swarm);
        }
        for (Member other : List.copyOf(swarm.members())) {
            boolean waited = false;
            for (Task task : other.allPending()) {
                if (task.from().equals(member.sender())) {
                    giveUp(task, now);
                    waited = true;
                }
            }
            if (waited) {
                feed(other, now);
            }
        }
        drainOrigin(now);
    }

    private void close(Swarm swarm) {
        for (Member member : swarm.members()) {
            member.sender().members().remove(member);
        }
        swarms.remove(swarm);
    }

    /** The member has verified pieces; what it said before counts too. */
    void verified(Member member, PieceSet pieces, long now) {
        var freed = new LinkedHashSet<Sender>();
        Swarm swarm = member.swarm();
        for (int piece = 0; piece < swarm.layout().count(); piece++) {
            if (pieces.contains(piece) && !member.have().get(piece)) {
                member.gained(piece, now);
                member.sender().gained(swarm.layout().length(piece), now);
                swarm.gained(member, piece);
                var tasks = List.copyOf(member.pending(piece));
                count(tasks);
                for (Task task : tasks) {
                    if (tasks.size() == 1 && !task.isEarly()) {
                        end(task);
                        task.from().arrived(task.mark(), now);
                    } else {
                        withdraw(task); // who sent it is not known, or since when
                    }
                    freed.add(task.from());
                }
            }
        }
        drainOrigin(now);
        freed.forEach(sender -> drain(sender, now));
        drain(member.sender(), now);
        feed(member, now);
    }

    private void count(List<Task> tasks) {
        if (!tasks.isEmpty()) {
            Task first = tasks.getFirst();
            meters.countPiece(first.from().isOrigin() ? PieceSource.ORIGIN : PieceSource.PEER, first.mark().bytes());
        }
    }

    /** The member did not get what it was to take from the sender: it will not be sent there again so soon. */
    void failed(Member member, Sender from, long now) {
        for (Task task : member.allPending()) {
            if (task.from().equals(from)) {
                giveUp(task, now);
            }
        }
        member.avoid(from, now);
        feed(member, now);
        drainOrigin(now);
    }

    /** Time goes by: what is lost is given up, what is late is sent by others too, who starves is served by the origin. */
    void tick(long now) {
        if (now - lastTick <= ATTENTIVE) {
            blame(now);
        }
        lastTick = now;
        swarms.forEach(swarm -> swarm.recount(now));
        for (Task task : pending().toList()) {
            if (!task.isPending()) {
                continue; // another was to come first, and has ended just now
            }
            if (task.to().sender().isSilent(now)) {
                withdraw(task); // which says nothing of the sender
                task.to().lost();
            } else if (task.from().isSilent(now)) {
                giveUp(task, now);
            } else if (task.isLost(now)) {
                if (!task.isEarly()) {
                    task.to().avoid(task.from(), now);
                }
                giveUp(task, now);
                task.to().lost();
            } else if (task.isLate(now)) {
                task.to().takeEarly(task.piece()).forEach(this::withdraw); // others may have it sooner
            }
        }
        for (Swarm swarm : List.copyOf(swarms)) {
            var members = new ArrayList<>(swarm.members());
            members.sort(Comparator.comparing(Member::comesLast));
            members.forEach(member -> feed(member, now));
        }
        drainOrigin(now);
    }

    /**
     * Of two of whom only one is heard, the other is gone; if two say so at least, for one may be wrong about the other, or lie.
     */
    private void blame(long now) {
        var missed = new HashMap<Sender, Set<Sender>>();
        pending().forEach(task -> {
            Sender from = task.from();
            Sender to = task.to().sender();
            if (to.wasHeard(now) && task.missesSender(now)) {
                missed.computeIfAbsent(from, _ -> new HashSet<>()).add(to);
            } else if (from.wasHeard(now) && task.missesReceiver(now)) {
                missed.computeIfAbsent(to, _ -> new HashSet<>()).add(from);
            }
        });
        missed.forEach((sender, by) -> {
            if (by.size() >= WITNESSES) {
                sender.silent(now);
            }
        });
    }

    private Stream<Task> pending() {
        return swarms.stream().flatMap(swarm -> swarm.members().stream())
                .flatMap(member -> member.allPending().stream());
    }

    private void end(Task task) {
        originTasks -= task.from().isOrigin() ? 1 : 0;
        task.to().end(task);
        task.to().swarm().ended(task);
    }

    private void withdraw(Task task) {
        end(task);
        task.from().flow().withdrawn(task.mark());
        withdrawEarly(task);
    }

    private void giveUp(Task task, long now) {
        if (task.isEarly()) {
            withdraw(task); // which says nothing of the sender
            return;
        }
        end(task);
        task.from().flow().lost(task.mark(), now);
        withdrawEarly(task);
    }

    /** Who was to take on what has not come after all gets it elsewhere. */
    private void withdrawEarly(Task ended) {
        Member member = ended.to();
        if (!member.have().get(ended.piece()) && !member.coming().get(ended.piece())) {
            member.takeEarly(ended.piece()).forEach(this::withdraw);
        }
    }

    /** Gives the sender work as long as its line has room. */
    private void drain(Sender from, long now) {
        if (from.isOrigin()) {
            return;
        }
        Choice best;
        do {
            best = null;
            for (Member member : from.nextMembers(LOOKED_AT)) {
                if (from.hasRoom(member.swarm().layout().pieceSize(), now)) {
                    best = Choice.better(best, member.swarm().bestFrom(member, now));
                }
            }
        } while (begin(best, now));
    }

    /** Gives the member pieces to take, as long as somebody has room. */
    private void feed(Member to, long now) {
        while (begin(to.swarm().bestTo(to, now), now)) {
            // one after the other
        }
        while (originHasRoom(to.swarm(), now) && begin(to.swarm().rescue(to, origin, now), now)) {
            // until its line is full
        }
        while (originHasRoom(to.swarm(), now) && isOriginIdle() && begin(to.swarm().help(to, origin, now), now)) {
            // as before
        }
    }

    private boolean isOriginIdle() {
        return swarms.stream().limit(LOOKED_AT).noneMatch(Swarm::isCold);
    }

    /** Has the origin send what nobody has, each piece to another member first. */
    private void drainOrigin(long now) {
        var tried = new ArrayList<Swarm>();
        for (Swarm swarm : swarms) {
            if (swarm.isCold() && tried.size() < LOOKED_AT) {
                tried.add(swarm);
            }
        }
        for (Swarm swarm : tried) {
            boolean given = false;
            while (originHasRoom(swarm, now) && begin(swarm.bestFromOrigin(origin, now), now)) {
                given = true;
            }
            if ((given || originHasRoom(swarm, now)) && swarms.remove(swarm)) {
                swarms.add(swarm); // behind the others: it has had its turn, or cannot take one
            }
        }
    }

    /** How many pieces are on their way from the origin. */
    int originTasks() {
        return originTasks;
    }

    private boolean originHasRoom(Swarm swarm, long now) {
        return originTasks < mostFromOrigin && origin.hasRoom(swarm.layout().pieceSize(), now);
    }

    private boolean begin(@Nullable Choice choice, long now) {
        if (choice == null) {
            return false;
        }
        Swarm swarm = choice.to().swarm();
        int bytes = swarm.layout().length(choice.piece());
        if (!choice.from().charge(bytes, now)) {
            return false;
        }
        var task = new Task(choice.to(), choice.from(), choice.piece(), choice.from().flow().begin(bytes, now));
        if (choice.holder() != null && choice.isEarly()) {
            task.early();
            choice.holder().promise(task);
        }
        originTasks += task.from().isOrigin() ? 1 : 0;
        swarm.began(task);
        choice.to().begin(task);
        return true;
    }
}
