package io.fingerpost.registry.swarm;

import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.Sha256;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Those who fetch one representation at a time, and those who have it or parts of it. Knows who could send which piece to whom, and
 * how well that fits; {@link Dispatch} makes it happen. Not thread-safe; times are milliseconds.
 */
final class Swarm {
    /** Members that are looked at for one decision: of more, as many are drawn by lot. */
    private static final int LOOKED_AT = 24;
    /** A peer without a new piece for so long, in milliseconds, is served by the origin; one that has got pieces of something else, later. */
    private static final long STARVED = 3_000;
    private static final long STARVED_OF_ONE = 15_000;
    /** For each byte of one copy that it had to send, the origin may send so much once more to help who has just come. */
    private static final double HELP = 0.16;
    /** What it costs more to send to one who comes last. */
    private static final long LAST = 1L << 62;

    private final Sha256 digest;
    private final PieceLayout layout;
    private final int mostFromOrigin;
    private final RandomGenerator random;
    private final List<Member> members = new ArrayList<>();
    /** Members that pass pieces on, with each piece, and tasks by which one is on its way to one of them. */
    private final int[] holders;
    private final int[] coming;
    /** Pieces that nobody has who passes them on, and that are on their way to nobody such. */
    private final BitSet cold;
    private int originTasks;
    /** Bytes that the origin was told to send of what nobody had, and of what somebody had. */
    private long needed;
    private long repeated;

    /** @param mostFromOrigin most pieces that are on their way from the origin at a time */
    Swarm(Sha256 digest, PieceLayout layout, int mostFromOrigin, RandomGenerator random) {
        this.digest = digest;
        this.layout = layout;
        this.mostFromOrigin = mostFromOrigin;
        this.random = random;
        this.holders = new int[layout.count()];
        this.coming = new int[layout.count()];
        this.cold = new BitSet(layout.count());
        cold.set(0, layout.count());
    }

    Sha256 digest() {
        return digest;
    }

    PieceLayout layout() {
        return layout;
    }

    List<Member> members() {
        return members;
    }

    boolean isCold() {
        return !cold.isEmpty();
    }

    /** Whether nobody fetches any more. */
    boolean isIdle() {
        return members.stream().noneMatch(Member::fetches);
    }

    void add(Member member, long now) {
        members.add(member);
        count(member, member.sender().passesOn(now));
    }

    void remove(Member member) {
        members.remove(member);
        count(member, false);
    }

    /** What members have that are gone, or in quarantine, the origin has to send again; and the other way round. */
    void recount(long now) {
        members.forEach(member -> count(member, member.sender().passesOn(now)));
    }

    private void count(Member member, boolean passesOn) {
        if (passesOn == member.passesOn()) {
            return;
        }
        member.passOn(passesOn);
        if (passesOn) {
            member.have().stream().forEach(this::count);
            member.allPending().forEach(task -> countComing(task.piece()));
        } else {
            member.have().stream().forEach(this::discount);
            member.allPending().forEach(task -> discountComing(task.piece()));
        }
    }

    /** A member has a piece that it did not have. */
    void gained(Member member, int piece) {
        if (member.passesOn()) {
            count(piece);
        }
    }

    private void count(int piece) {
        holders[piece]++;
        cold.clear(piece);
    }

    private void discount(int piece) {
        holders[piece]--;
        seeWhetherCold(piece);
    }

    private void countComing(int piece) {
        coming[piece]++;
        cold.clear(piece);
    }

    private void discountComing(int piece) {
        coming[piece]--;
        seeWhetherCold(piece);
    }

    void began(Task task) {
        if (task.from().isOrigin()) {
            originTasks++;
            needed += cold.get(task.piece()) ? task.mark().bytes() : 0;
            repeated += cold.get(task.piece()) ? 0 : task.mark().bytes();
        }
        if (task.to().passesOn()) {
            countComing(task.piece());
        }
    }

    void ended(Task task) {
        if (task.to().passesOn()) {
            discountComing(task.piece());
        }
        originTasks -= task.from().isOrigin() ? 1 : 0;
    }

    private void seeWhetherCold(int piece) {
        if (copies(piece) == 0) {
            cold.set(piece);
        }
    }

    /**
     * A piece that could be sent, and how well that fits.
     *
     * @param holder the sender's part in the swarm; null for the origin
     * @param cost less is better
     */
    record Choice(Member to, Sender from, @Nullable Member holder, int piece, long cost) {
        static Choice fromOrigin(Member to, Sender origin, int piece) {
            return new Choice(to, origin, null, piece, 0);
        }

        /** Whether the sender does not have it yet itself. */
        boolean isEarly() {
            return holder != null && !holder.have().get(piece);
        }

        static @Nullable Choice better(@Nullable Choice one, @Nullable Choice other) {
            return one == null || other != null && other.cost < one.cost ? other : one;
        }
    }

    /** The best that the member could send; null if there is nothing that anybody needs. */
    @Nullable
    Choice bestFrom(Member from, long now) {
        Choice best = null;
        int start = start();
        for (int i = 0; i < Math.min(LOOKED_AT, members.size()); i++) {
            best = Choice.better(best, choice(members.get((start + i) % members.size()), from, now));
        }
        return best;
    }

    /** The best that the member could get from somebody whose line has room; null if there is nothing. */
    @Nullable
    Choice bestTo(Member to, long now) {
        Choice best = null;
        int start = start();
        for (int i = 0; i < Math.min(LOOKED_AT, members.size()); i++) {
            Member from = members.get((start + i) % members.size());
            if (from.sender().hasRoom(layout.pieceSize(), now)) {
                best = Choice.better(best, choice(to, from, now));
            }
        }
        return best;
    }

    private int start() {
        return members.isEmpty() ? 0 : random.nextInt(members.size());
    }

    private @Nullable Choice choice(Member to, Member from, long now) {
        if (!to.takes(now) || !from.sender().serves(to.peer(), now)
                || to.avoids(from.sender(), now)) {
            return null;
        }
        int piece = rarest(to, from, now);
        if (piece < 0) {
            return null;
        }
        long copies = copies(piece);
        int far = from.sender().distanceTo(to.peer());
        long idle = Math.min(to.sender().flow().underWay() >>> 10, 0xFFFFF);
        long last = to.comesLast() ? LAST : 0;
        return new Choice(to, from.sender(), from, piece,
                last | ((copies << 3 | (long) far) << 20 | idle) << 8 | Math.min(to.taskCount(), 255));
    }

    /**
     * The piece that {@code from} has, or will have in a moment, and {@code to} needs, of which there are fewest; -1 if there is none. What
     * is on its way to {@code to} already counts if that is late, and {@code from} has it.
     */
    private int rarest(Member to, Member from, long now) {
        int best = -1;
        BitSet offered = from.have();
        for (int piece = offered.nextSetBit(0); piece >= 0; piece = offered.nextSetBit(piece + 1)) {
            if (!to.have().get(piece) && isRarer(piece, best)
                    && (to.coming().get(piece) ? isLate(to, from.sender(), piece, now) : to.hasRoom())) {
                best = piece;
            }
        }
        if (!to.hasRoom()) {
            return best;
        }
        BitSet soon = from.soon(now);
        for (int piece = soon.nextSetBit(0); piece >= 0; piece = soon.nextSetBit(piece + 1)) {
            if (!to.have().get(piece) && isRarer(piece, best) && !to.coming().get(piece)) {
                best = piece;
            }
        }
        return best;
    }

    private boolean isRarer(int piece, int than) {
        return than < 0 || copies(piece) < copies(than);
    }

    private static boolean isLate(Member to, Sender from, int piece, long now) {
        var tasks = to.pending(piece);
        Task first = tasks.getFirst();
        return tasks.size() == 1 && !first.from().equals(from) && first.isLate(now);
    }

    /** What the origin should send next; null if everything is with somebody, or nobody can take it. */
    @Nullable
    Choice bestFromOrigin(Sender origin, long now) {
        Member to = cold.isEmpty() || originTasks >= mostFromOrigin ? null : nextFromOrigin(origin, now);
        int piece = to == null ? -1 : firstCold(to, origin, now);
        return to == null || piece < 0 ? null : Choice.fromOrigin(to, origin, piece);
    }

    private int firstCold(Member to, Sender origin, long now) {
        int piece = cold.nextSetBit(0);
        while (piece >= 0 && to.coming().get(piece) && !isLate(to, origin, piece, now)) {
            piece = cold.nextSetBit(piece + 1);
        }
        return piece;
    }

    /** The member that has got fewest pieces from the origin, for it is the one that will pass the piece on. */
    private @Nullable Member nextFromOrigin(Sender origin, long now) {
        Member best = null;
        int start = start();
        for (int i = 0; i < Math.min(LOOKED_AT, members.size()); i++) {
            Member member = members.get((start + i) % members.size());
            if (member.takes(now) && member.hasRoomFromOrigin() && member.passesOn() && !member.avoids(origin, now)
                    && (best == null || passesOnSooner(member, best))) {
                best = member;
            }
        }
        return best;
    }

    private static boolean passesOnSooner(Member one, Member other) {
        if (one.hasRoom() != other.hasRoom()) {
            return one.hasRoom();
        }
        return one.fromOrigin() != other.fromOrigin()
                ? one.fromOrigin() < other.fromOrigin()
                : one.sender().flow().underWay() < other.sender().flow().underWay();
    }

    /** What the origin has to send because nobody else can, or does; null if somebody may. */
    @Nullable
    Choice rescue(Member to, Sender origin, long now) {
        boolean starved = to.takes(now)
                && (now - to.sender().lastGain() > STARVED || now - to.lastProgress() > STARVED_OF_ONE)
                && now - to.lastProgress() > STARVED
                && to.allPending().stream().allMatch(task -> task.isLate(now));
        if (to.comesLast() && bestFromOrigin(origin, now) != null) {
            return null;
        }
        boolean rescued = starved || to.takes(now) && to.hasRoom() && isAlone(to, now) && !waits(to, now);
        if (!rescued || originTasks >= mostFromOrigin || to.avoids(origin, now)) {
            return null;
        }
        int piece = to.have().nextClearBit(0);
        while (piece < layout.count()
                && (isAwaited(piece) || to.coming().get(piece) && !isLate(to, origin, piece, now))) {
            piece = to.have().nextClearBit(piece + 1);
        }
        return piece < layout.count() ? Choice.fromOrigin(to, origin, piece) : null;
    }

    /**
     * What the origin sends besides, when its line has nothing else to do and the peers' lines are full: rare pieces to one who lacks most of them.
     * After a rush, that is; what was never rare costs the origin nothing.
     */
    @Nullable
    Choice help(Member to, Sender origin, long now) {
        boolean lacksMost = 2 * to.have().cardinality() < layout.count();
        if (!lacksMost || isCold() || !to.takes(now) || !to.hasRoom() || to.comesLast() || to.avoids(origin, now)
                || originTasks >= mostFromOrigin
                || repeated + layout.pieceSize() > HELP * Math.min(needed, layout.size())) {
            return null;
        }
        int best = -1;
        for (int piece = to.have().nextClearBit(0); piece < layout.count(); piece = to.have().nextClearBit(piece + 1)) {
            if (holders[piece] > 0 && !to.coming().get(piece) && (best < 0 || copies(piece) < copies(best))) {
                best = piece;
            }
        }
        return best < 0 ? null : Choice.fromOrigin(to, origin, best);
    }

    private int copies(int piece) {
        return holders[piece] + coming[piece];
    }

    /** Whether nobody is left whom the member could get anything from, not even later. */
    private boolean isAlone(Member to, long now) {
        return members.size() <= LOOKED_AT && members.stream()
                .filter(from -> from.sender().serves(to.peer(), now) && !to.avoids(from.sender(), now))
                .noneMatch(from -> hasMore(from, to));
    }

    /** Whether what nobody has is to go first to others: they pass it on, and it does not. */
    private boolean waits(Member to, long now) {
        return !to.passesOn() && isCold() && members.stream().anyMatch(other -> other.passesOn() && other.takes(now));
    }

    private static boolean hasMore(Member from, Member to) {
        var more = (BitSet) from.have().clone();
        more.andNot(to.have());
        return !more.isEmpty();
    }

    /** Whether nobody has it, and somebody will. */
    private boolean isAwaited(int piece) {
        return holders[piece] == 0 && coming[piece] > 0;
    }

    /** Whether nothing is on its way, and nobody is left. */
    boolean isClear() {
        return originTasks == 0 && members.isEmpty() && IntStream.of(holders).allMatch(count -> count == 0)
                && IntStream.of(coming).allMatch(count -> count == 0);
    }
}
