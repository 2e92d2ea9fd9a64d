package io.fingerpost.registry.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.store.Peer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a member has whom nobody can get it from. */
class PassingOnTest {
    private static final int PIECES = 6;

    private final Sender origin = Sender.origin();
    private final Dispatch dispatch = new Dispatch(origin, 64, SwarmMeters.NONE);
    private final Swarm swarm = new Swarm(Sha256.digestOf(new byte[1]), new PieceLayout(PIECES * 65_536L), 64,
            new Random(1));
    private final List<Task> told = new ArrayList<>();
    private long now = 1;

    private Member join(int number) {
        Sender sender = Sender.of(FluidRig.peer(number));
        var member = new Member(swarm, sender, sender.peer(), new BitSet(), true, told::add, now);
        dispatch.join(member, now);
        return member;
    }

    private static void become(Member member, Peer.State state) {
        member.peer().turn(state, Reachability.YES);
    }

    private void takesAllThatItWasTold(Member member) {
        var have = (BitSet) member.have().clone();
        told.stream().filter(task -> task.to() == member).forEach(task -> have.set(task.piece()));
        dispatch.verified(member, PieceSet.of(PIECES, have), ++now);
    }

    @Test
    void comesFromTheOriginOnceMoreWhenTheMemberIsQuarantined() {
        var liar = join(1);
        takesAllThatItWasTold(liar);
        assertThat(liar.have().cardinality()).isEqualTo(PIECES);
        var honest = join(2);
        told.clear();
        become(liar, Peer.State.QUARANTINED);
        honest.allPending().forEach(task -> dispatch.failed(honest, task.from(), now));

        now += 200;
        dispatch.tick(now);

        assertThat(told).extracting(Task::piece).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
        assertThat(told).allMatch(task -> task.from().isOrigin() && task.to() == honest);
    }

    /** Has the clock tick for a while, with news of {@code heard} shortly before the end. */
    private void listen(int milliseconds, Member heard, int piece) {
        long end = now + milliseconds;
        while (now < end) {
            now += 200;
            if (now >= end) {
                var have = (BitSet) heard.have().clone();
                have.set(piece);
                dispatch.verified(heard, PieceSet.of(PIECES, have), now);
            }
            dispatch.tick(now);
        }
    }

    @Test
    void comesFromTheOriginOnceMoreWhenNothingIsHeardOfTheMember() {
        var gone = join(1);
        takesAllThatItWasTold(gone);
        var waiting = join(2);
        assertThat(waiting.allPending()).isNotEmpty().allMatch(task -> task.from() == gone.sender());
        told.clear();

        listen(3_400, waiting, PIECES - 1);

        assertThat(told).isNotEmpty().allMatch(task -> task.from().isOrigin() && task.to() == waiting);
        assertThat(waiting.allPending()).noneMatch(task -> task.from() == gone.sender());
    }

    @Test
    void countsAgainAsSoonAsSomethingIsHeard() {
        var gone = join(1);
        takesAllThatItWasTold(gone);
        var waiting = join(2);
        listen(3_400, waiting, PIECES - 1);
        assertThat(gone.passesOn()).isFalse();

        gone.sender().heard(now);
        dispatch.tick(now += 200);

        assertThat(gone.passesOn()).isTrue();
    }

    @Test
    void countsStillWhenNobodyIsHeardWhoWaitsForIt() {
        var sender = join(1);
        takesAllThatItWasTold(sender);
        join(2);

        for (int ticks = 0; ticks < 10; ticks++) {
            dispatch.tick(now += 200);
        }

        assertThat(sender.passesOn()).isTrue();
    }

    @Test
    void countsStillWhenItIsTheRegistryThatWasNotListening() {
        var sender = join(1);
        takesAllThatItWasTold(sender);
        var waiting = join(2);
        now += 1_200;
        dispatch.verified(waiting, PieceSet.of(PIECES, BitSet.valueOf(new long[] {1L << PIECES - 1})), now);

        dispatch.tick(now);

        assertThat(sender.passesOn()).isTrue();
    }

    @Test
    void isNotAwaitedOfOneWhoIsGone() {
        var there = join(1);
        dispatch.verified(there, PieceSet.of(PIECES, BitSet.valueOf(new long[] {0b11})), now);
        var gone = join(2);
        assertThat(gone.allPending()).isNotEmpty();

        listen(3_400, there, PIECES - 1);

        assertThat(gone.allPending()).isEmpty();
        assertThat(gone.takes(now)).isFalse();
        assertThat(there.passesOn()).isTrue();
    }

    @Test
    void countsAgainWhenItIsBack() {
        var member = join(1);
        takesAllThatItWasTold(member);
        become(member, Peer.State.DOWN);
        dispatch.tick(now += 200);
        assertThat(swarm.isCold()).isTrue();

        become(member, Peer.State.GOOD);
        dispatch.tick(now += 200);

        assertThat(swarm.isCold()).isFalse();
        dispatch.leave(member, now);
        assertThat(swarm.isClear()).isTrue();
    }

    @Test
    void isNotTakenFromTheOriginAsLongAsAnotherPassesPiecesOn() {
        var unreachable = FluidRig.peer(1);
        unreachable.turn(Peer.State.DOWN, Reachability.YES);
        var sender = Sender.of(unreachable);
        dispatch.join(new Member(swarm, sender, unreachable, new BitSet(), true, told::add, now), now);
        told.clear(); // it was alone

        var reachable = join(2);

        assertThat(told).isNotEmpty().allMatch(task -> task.to() == reachable && task.from().isOrigin());
        takesAllThatItWasTold(reachable);
        assertThat(told).extracting(Task::to).filteredOn(to -> to == reachable).hasSize(PIECES);
    }
}
