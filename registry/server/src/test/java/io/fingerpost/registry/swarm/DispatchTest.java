package io.fingerpost.registry.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.store.Peer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold of all orders, whatever happens: by chance, for many seeds. */
class DispatchTest {
    private static final int MOST_PEERS = 14;
    private static final int MOST_SWARMS = 3;
    private static final int STEPS = 600;
    /** Until who stays has everything, in milliseconds. */
    private static final long PATIENCE = 1_800_000;

    static IntStream seeds() {
        return IntStream.range(0, 150);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void ordersAreSoundWhateverHappens(int seed) {
        var world = new World(seed);
        for (int step = 0; step < STEPS; step++) {
            world.act();
        }

        if (seed % 3 == 0) {
            world.leaveOthersThan(1);
        }
        world.finish();

        world.leaveOthersThan(0);
        world.assertNothingIsLeft();
    }

    /** Peers and swarms by chance, and the orders that are out. */
    private static final class World {
        final Random random;
        final String seed;
        final Sender origin = Sender.origin();
        final int mostInAll;
        final int mostOfOne;
        final Dispatch dispatch;
        final List<Sender> senders = new ArrayList<>();
        final List<PieceSwarm> swarms = new ArrayList<>();
        final Map<Task, Long> running = new LinkedHashMap<>();
        /** From which nothing ever comes. */
        final Sender silent;
        long now = 1;

        World(int seed) {
            this.random = new Random(seed);
            this.seed = "seed " + seed;
            this.mostInAll = 1 + random.nextInt(12);
            this.mostOfOne = 1 + random.nextInt(6);
            this.dispatch = new Dispatch(origin, mostInAll, SwarmMeters.NONE);
            int peers = 2 + random.nextInt(MOST_PEERS - 1);
            for (int i = 0; i < peers; i++) {
                senders.add(Sender.of(FluidRig.peer(i)));
            }
            this.silent = senders.getFirst();
            int count = 1 + random.nextInt(MOST_SWARMS);
            for (int i = 0; i < count; i++) {
                swarms.add(new PieceSwarm(i, 1 + random.nextInt(40)));
            }
        }

        final class PieceSwarm {
            final int number;
            final int pieces;
            final Map<Sender, Member> members = new LinkedHashMap<>();
            Swarm swarm;

            PieceSwarm(int number, int pieces) {
                this.number = number;
                this.pieces = pieces;
                this.swarm = anew();
            }

            private Swarm anew() {
                return new Swarm(Sha256.digestOf(new byte[] {(byte) number}),
                        FluidRig.layout((pieces - 1) * 65_536L + 1 + random.nextInt(65_536)), mostOfOne, random);
            }

            void join(Sender sender) {
                var have = new BitSet();
                int kind = random.nextInt(6);
                for (int piece = 0; piece < pieces; piece++) {
                    have.set(piece, kind == 0 || kind == 1 && random.nextBoolean());
                }
                boolean fetches = have.cardinality() < pieces && (kind != 1 || random.nextInt(4) > 0);
                if (!fetches && swarm.isIdle()) {
                    return; // seeds are brought in for somebody who fetches
                }
                var member = new Member(swarm, sender, sender.peer(), have, fetches, World.this::told, now);
                members.put(sender, member);
                dispatch.join(member, now);
            }

            void leave(Member member) {
                members.remove(member.sender());
                running.keySet().removeIf(task -> task.to() == member);
                dispatch.leave(member, now);
                if (swarm.isIdle()) { // it is forgotten
                    running.keySet().removeIf(task -> task.to().swarm() == swarm);
                    members.clear();
                    swarm = anew();
                }
            }
        }

        void told(Task task) {
            var to = task.to();
            String what = seed + ", at " + now + ": piece " + task.piece() + " of " + to.swarm().layout().count();
            assertThat(to.fetches()).as("%s: fetches", what).isTrue();
            assertThat(to.have().get(task.piece())).as("%s: it has that already", what).isFalse();
            assertThat(task.from()).as("%s: from itself", what).isNotSameAs(to.sender());
            assertThat(to.avoids(task.from(), now)).as("%s: from one it avoids", what).isFalse();
            var others = to.pending(task.piece()).stream().filter(other -> other != task).toList();
            assertThat(others).as("%s: a third time", what).hasSizeLessThan(2);
            for (Task other : others) {
                assertThat(other.from()).as("%s: twice from the same", what).isNotSameAs(task.from());
                assertThat(now - other.mark().at()).as("%s: the first is not late", what).isGreaterThan(400);
            }
            if (task.from().isOrigin()) {
                assertFromOrigin(task, what);
            } else {
                var from = task.from().members().stream().filter(member -> member.swarm() == to.swarm()).toList();
                assertThat(from).as("%s: from a member", what).hasSize(1);
                assertHasOrGets(from.getFirst(), task.piece(), what);
            }
            running.put(task, task.from() == silent
                    ? Long.MAX_VALUE
                    : now + 1 + random.nextInt(random.nextInt(10) == 0 ? 20_000 : 500));
        }

        private static void assertHasOrGets(Member from, int piece, String what) {
            assertThat(from.have().get(piece) || from.pending(piece).size() == 1)
                    .as("%s: it does not have that, and will not", what).isTrue();
            assertThat(from.pending(piece)).as("%s: it gets that from one that does not have it itself", what)
                    .noneMatch(Task::isEarly);
        }

        private void assertFromOrigin(Task task, String what) {
            var swarm = task.to().swarm();
            assertThat(dispatch.originTasks()).as("%s: pieces in all", what).isLessThanOrEqualTo(mostInAll);
            int ofOne = 0;
            boolean isHeld = swarm.members().stream()
                    .anyMatch(member -> member.passesOn() && member.have().get(task.piece()));
            for (Member member : swarm.members()) {
                for (Task other : member.allPending()) {
                    ofOne += other.from().isOrigin() ? 1 : 0;
                    assertThat(!isHeld && other != task && other.from().isOrigin() && other.piece() == task.piece()
                            && member.passesOn())
                            .as("%s: a cold piece that another is given", what).isFalse();
                }
            }
            assertThat(ofOne).as("%s: pieces of one", what).isLessThanOrEqualTo(mostOfOne);
        }

        void act() {
            now += random.nextInt(200);
            var swarm = swarms.get(random.nextInt(swarms.size()));
            var sender = senders.get(random.nextInt(senders.size()));
            var member = swarm.members.get(sender);
            switch (random.nextInt(13)) {
                case 0, 1 -> {
                    if (member == null) {
                        swarm.join(sender);
                    }
                }
                case 2 -> {
                    if (member != null && random.nextInt(3) == 0) {
                        swarm.leave(member);
                    }
                }
                case 3 -> {
                    if (member != null && member.fetches()) {
                        running.keySet().removeIf(task -> task.to() == member);
                        dispatch.again(member, now);
                    }
                }
                case 4 -> fail();
                case 5 -> lose();
                case 6 -> dispatch.tick(now);
                case 7 -> turn(sender, Peer.State.values()[random.nextInt(Peer.State.values().length)]);
                default -> arrive();
            }
            assertConsistent();
        }

        private void turn(Sender sender, Peer.State state) {
            Objects.requireNonNull(sender.peer()).turn(state, Reachability.YES);
        }

        private void fail() {
            if (!running.isEmpty()) {
                var failed = drawn();
                running.keySet().removeIf(task -> task.to() == failed.to() && task.from() == failed.from());
                dispatch.failed(failed.to(), failed.from(), now);
            }
        }

        private void lose() {
            if (!running.isEmpty()) {
                running.put(drawn(), Long.MAX_VALUE);
            }
        }

        private Task drawn() {
            return List.copyOf(running.keySet()).get(random.nextInt(running.size()));
        }

        /** What is due is there; some of it is told together, and some again. */
        private void arrive() {
            for (Task task : List.copyOf(running.keySet())) {
                var at = running.get(task);
                if (at != null && at <= now) {
                    running.remove(task);
                    var have = (BitSet) task.to().have().clone();
                    have.set(task.piece());
                    if (random.nextInt(10) == 0) {
                        have.clear(random.nextInt(task.to().swarm().layout().count())); // an old announcement
                    }
                    dispatch.verified(task.to(), PieceSet.of(task.to().swarm().layout().count(), have), now);
                    have.set(task.piece());
                    dispatch.verified(task.to(), PieceSet.of(task.to().swarm().layout().count(), have), now);
                }
            }
        }

        void leaveOthersThan(int most) {
            for (var swarm : swarms) {
                for (Member member : List.copyOf(swarm.members.values())) {
                    if (swarm.members.size() > most && swarm.members.containsValue(member)) {
                        swarm.leave(member);
                    }
                }
            }
            assertConsistent();
        }

        void finish() {
            long end = now + PATIENCE;
            while (swarms.stream().anyMatch(swarm -> !swarm.swarm.isIdle())) {
                now += 200;
                arrive();
                dispatch.tick(now);
                assertConsistent();
                assertThat(now).as("%s: when all are complete, but for %s", seed, unfinished()).isLessThan(end);
            }
        }

        private String unfinished() {
            var text = new StringBuilder();
            for (var swarm : swarms) {
                for (Member member : swarm.swarm.members()) {
                    text.append(member.fetches() + " " + member.have() + " of " + swarm.pieces + " coming "
                            + member.coming() + " since " + member.lastProgress() + "; ");
                    member.allPending().forEach(task -> text.append(task.from().isOrigin() + " at "
                            + task.mark().at() + " expected " + task.from().flow().expected(task.mark(), 1) + ", "));
                }
            }
            return text.append(" at ").append(now).toString();
        }

        private void assertConsistent() {
            int fromOrigin = 0;
            Map<Sender, Long> underWay = new LinkedHashMap<>();
            for (var swarm : swarms) {
                assertThat(swarm.swarm.members()).as(seed).hasSameElementsAs(swarm.members.values());
                for (Member member : swarm.swarm.members()) {
                    var tasks = member.allPending();
                    assertThat(member.taskCount()).as(seed).isEqualTo(tasks.size());
                    var coming = new BitSet();
                    for (Task task : tasks) {
                        coming.set(task.piece());
                        fromOrigin += task.from().isOrigin() ? 1 : 0;
                        underWay.merge(task.from(), (long) swarm.swarm.layout().length(task.piece()), Long::sum);
                    }
                    assertThat(member.coming()).as(seed).isEqualTo(coming);
                }
            }
            assertThat(dispatch.originTasks()).as(seed).isEqualTo(fromOrigin);
            assertThat(origin.flow().underWay()).as(seed).isEqualTo(underWay.getOrDefault(origin, 0L));
            for (Sender sender : senders) {
                assertThat(sender.flow().underWay()).as(seed).isEqualTo(underWay.getOrDefault(sender, 0L));
            }
        }

        void assertNothingIsLeft() {
            assertConsistent();
            assertThat(origin.flow().underWay()).as(seed).isZero();
            assertThat(dispatch.originTasks()).as(seed).isZero();
            for (Sender sender : senders) {
                assertThat(sender.members()).as(seed).isEmpty();
                assertThat(sender.flow().underWay()).as(seed).isZero();
            }
            assertThat(swarms).as(seed).allMatch(swarm -> swarm.swarm.isClear());
        }
    }
}
