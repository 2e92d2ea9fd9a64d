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
    /** Milliseconds after which one of whom nothing was heard is gone, while it is not known how fast it is. */
    private static final int UNHEARD = 4_600;

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

    private void takesAll(Member member) {
        while (member.have().cardinality() < PIECES) {
            assertThat(member.allPending()).isNotEmpty();
            var have = (BitSet) member.have().clone();
            member.allPending().forEach(task -> have.set(task.piece()));
            dispatch.verified(member, PieceSet.of(PIECES, have), ++now);
        }
    }

    @Test
    void comesFromTheOriginOnceMoreWhenTheMemberIsQuarantined() {
        var liar = join(1);
        takesAll(liar);
        var honest = join(2);
        told.clear();
        become(liar, Peer.State.QUARANTINED);
        honest.allPending().forEach(task -> dispatch.failed(honest, task.from(), now));

        now += 200;
        dispatch.tick(now);
        takesAll(honest);

        assertThat(told).extracting(Task::piece).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
        assertThat(told).allMatch(task -> task.from().isOrigin() && task.to() == honest);
    }

    /** Has the clock tick for a while; shortly before the end each of {@code heard} says that it has its next piece. */
    private void listen(Member... heard) {
        long end = now + UNHEARD;
        while (now < end) {
            now += 200;
            if (now >= end) {
                saysThatItHasMore(heard);
            }
            dispatch.tick(now);
        }
    }

    private void saysThatItHasMore(Member... members) {
        for (Member member : members) {
            has(member, member.have().nextClearBit(0));
        }
    }

    private void has(Member member, int... pieces) {
        var have = (BitSet) member.have().clone();
        for (int piece : pieces) {
            have.set(piece);
        }
        dispatch.verified(member, PieceSet.of(PIECES, have), now);
    }

    @Test
    void comesFromTheOriginOnceMoreWhenNothingIsHeardOfTheMember() {
        var gone = join(1);
        takesAll(gone);
        var ann = join(2);
        var ben = join(3);
        assertThat(ann.allPending()).isNotEmpty().allMatch(task -> task.from() == gone.sender());
        assertThat(ben.allPending()).isNotEmpty().allMatch(task -> task.from() == gone.sender());
        told.clear();

        listen(ann, ben);

        assertThat(told).filteredOn(task -> task.from().isOrigin()).isNotEmpty();
        assertThat(ann.allPending()).noneMatch(task -> task.from() == gone.sender());
        assertThat(gone.passesOn()).isFalse();
    }

    @Test
    void countsAgainAsSoonAsSomethingIsHeard() {
        var gone = join(1);
        takesAll(gone);
        listen(join(2), join(3));
        assertThat(gone.passesOn()).isFalse();

        gone.sender().heard(now);
        dispatch.tick(now += 200);

        assertThat(gone.passesOn()).isTrue();
    }

    @Test
    void countsStillWhenOnlyOneMissesIt() {
        var sender = join(1);
        takesAll(sender);

        listen(join(2));

        assertThat(sender.passesOn()).isTrue();
    }

    @Test
    void countsStillWhenNobodyIsHeardWhoWaitsForIt() {
        var sender = join(1);
        takesAll(sender);
        join(2);
        join(3);

        listen();

        assertThat(sender.passesOn()).isTrue();
    }

    @Test
    void countsStillWhenWhoWaitsForItHasNotBeenTold() {
        var sender = join(1);
        takesAll(sender);
        var ann = join(2);
        var ben = join(3);
        told.forEach(Task::hold);

        listen(ann, ben);

        assertThat(sender.passesOn()).isTrue();
    }

    @Test
    void countsStillWhenItIsTheRegistryThatWasNotListening() {
        var sender = join(1);
        takesAll(sender);
        var ann = join(2);
        var ben = join(3);
        dispatch.tick(now);
        now += UNHEARD;
        saysThatItHasMore(ann, ben);

        dispatch.tick(now);

        assertThat(sender.passesOn()).isTrue();
    }

    @Test
    void isNotAwaitedOfOneWhoIsGone() {
        var ann = join(1);
        has(ann, 0, 1);
        var ben = join(2);
        has(ben, 2, 3);
        var gone = join(3);
        assertThat(gone.allPending()).extracting(Task::from).contains(ann.sender(), ben.sender());

        for (long end = now + 8_000; now < end && gone.takes(now); now += 200) { // before each piece counts as lost by itself
            ann.sender().heard(now);
            ben.sender().heard(now);
            dispatch.tick(now);
        }

        assertThat(gone.allPending()).isEmpty();
        assertThat(gone.takes(now)).isFalse();
        assertThat(ann.passesOn()).isTrue();
    }

    @Test
    void isAwaitedStillOfOneWhoseLineIsSlow() {
        var ann = join(1);
        has(ann, 0, 1);
        var ben = join(2);
        has(ben, 2, 3);
        var slow = join(3);
        slow.sender().awaits(10_000_000);

        listen(ann, ben);

        assertThat(slow.takes(now)).isTrue();
    }

    @Test
    void countsAgainWhenItIsBack() {
        var member = join(1);
        takesAll(member);
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
        takesAll(reachable);
        assertThat(told).extracting(Task::to).filteredOn(to -> to == reachable).hasSize(PIECES);
    }
}
