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

/** To whom the origin sends what nobody has; and what it sends once more after a rush, while the peers' lines are full. */
class OriginOrdersTest {
    private static final int PIECES = 100;

    private final Dispatch dispatch = new Dispatch(Sender.origin(), 64, SwarmMeters.NONE);
    private final Swarm swarm = new Swarm(Sha256.digestOf(new byte[1]), new PieceLayout(PIECES * 65_536L), 64,
            new Random(1));
    private final List<Task> told = new ArrayList<>();
    private long now = 1;

    private Member join(int number, BitSet have, boolean fetches) {
        Sender sender = Sender.of(FluidRig.peer(number));
        var member = new Member(swarm, sender, sender.peer(), have, fetches, told::add, now);
        dispatch.join(member, now);
        return member;
    }

    private Member newcomer(int number) {
        return join(number, new BitSet(), true);
    }

    /** Takes what it is told to as soon as it is told to, until it has everything. */
    private void takesAll(Member member) {
        while (member.have().cardinality() < PIECES) {
            takes(member, false);
        }
    }

    /** Takes what it was told to: only from the origin, or from everybody. */
    private void takes(Member member, boolean onlyFromOrigin) {
        var have = (BitSet) member.have().clone();
        member.allPending().stream().filter(task -> !onlyFromOrigin || task.from().isOrigin())
                .forEach(task -> have.set(task.piece()));
        now += 30;
        dispatch.verified(member, PieceSet.of(PIECES, have), now);
    }

    private List<Task> fromOrigin() {
        return told.stream().filter(task -> task.from().isOrigin()).toList();
    }

    @Test
    void whoComesLaterGetsSomeOfItButNoMoreThanAShareOfWhatItHadToSend() {
        takesAll(newcomer(1));
        assertThat(fromOrigin()).hasSize(PIECES);
        told.clear();

        for (int number = 2; number < 40; number++) {
            takes(newcomer(number), true);
        }

        assertThat(fromOrigin()).hasSize(16);
    }

    @Test
    void whoHasMostOfItGetsNothing() {
        takesAll(newcomer(1));
        told.clear();
        var most = new BitSet();
        most.set(0, PIECES / 2);

        for (int number = 2; number < 40; number++) {
            join(number, (BitSet) most.clone(), true);
        }

        assertThat(fromOrigin()).isEmpty();
    }

    @Test
    void whatWasNeverRareIsNotSentAgain() {
        var all = new BitSet();
        all.set(0, PIECES);
        join(1, all, false);

        for (int number = 2; number < 40; number++) {
            newcomer(number);
        }

        assertThat(told).isNotEmpty();
        assertThat(fromOrigin()).isEmpty();
    }

    /** Or one line alone would have to pass on all that there is at first. */
    @Test
    void whoComesFirstByAMomentDoesNotGetAllThatIsSentFirst() {
        var first = newcomer(1);
        var second = newcomer(2);
        var third = newcomer(3);

        assertThat(told).hasSize(10).allMatch(task -> task.from().isOrigin());
        assertThat(List.of(first, second, third)).extracting(Member::taskCount).containsExactly(4, 4, 2);
    }

    @Test
    void whoIsAloneGetsMoreAtATimeWithEachPieceThatArrives() {
        var alone = newcomer(1);
        assertThat(alone.taskCount()).isEqualTo(4);

        takes(alone, false);
        assertThat(alone.taskCount()).isEqualTo(8);

        takesAll(alone);
        assertThat(told).hasSize(PIECES);
    }

    @Test
    void whatPeersSendKeepsNothingFromTheOriginBack() {
        var half = new BitSet();
        half.set(0, PIECES / 2);
        join(1, half, false);

        var newcomer = newcomer(2);

        assertThat(newcomer.allPending()).filteredOn(task -> !task.from().isOrigin()).hasSize(4);
        assertThat(newcomer.allPending()).filteredOn(task -> task.from().isOrigin()).hasSize(4)
                .allMatch(task -> task.piece() >= PIECES / 2);
    }

    @Test
    void whoPassesNothingOnWaitsForThoseWhoDo() {
        newcomer(1);
        var unreachable = FluidRig.peer(2);
        unreachable.turn(Peer.State.DOWN, Reachability.YES);
        Sender sender = Sender.of(unreachable);
        dispatch.join(new Member(swarm, sender, unreachable, new BitSet(), true, told::add, now), now);

        assertThat(told).isNotEmpty().noneMatch(task -> task.to().peer() == unreachable);
    }
}
