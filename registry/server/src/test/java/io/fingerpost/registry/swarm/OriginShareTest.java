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

/** Who gets what the origin sends for the first time. */
class OriginShareTest {
    private static final int PIECES = 100;

    private final Dispatch dispatch = new Dispatch(Sender.origin(), 64, SwarmMeters.NONE);
    private final Swarm swarm = new Swarm(Sha256.digestOf(new byte[1]), new PieceLayout(PIECES * 65_536L), 64,
            new Random(1));
    private final List<Task> told = new ArrayList<>();
    private long now = 1;

    private Member join(int number) {
        return join(number, new BitSet(), true);
    }

    private Member join(int number, BitSet have, boolean fetches) {
        Sender sender = Sender.of(FluidRig.peer(number));
        var member = new Member(swarm, sender, sender.peer(), have, fetches, told::add, now);
        dispatch.join(member, now);
        return member;
    }

    private void takesWhatItWasTold(Member member) {
        var have = (BitSet) member.have().clone();
        member.allPending().forEach(task -> have.set(task.piece()));
        dispatch.verified(member, PieceSet.of(PIECES, have), ++now);
    }

    /** Or one line alone would have to pass on all that there is at first. */
    @Test
    void whoComesFirstByAMomentDoesNotGetAllThatIsSentFirst() {
        var first = join(1);
        var second = join(2);
        var third = join(3);

        assertThat(told).hasSize(10).allMatch(task -> task.from().isOrigin());
        assertThat(List.of(first, second, third)).extracting(Member::taskCount).containsExactly(4, 4, 2);
    }

    @Test
    void whoIsAloneGetsMoreAtATimeWithEachPieceThatArrives() {
        var alone = join(1);
        assertThat(alone.taskCount()).isEqualTo(4);

        takesWhatItWasTold(alone);
        assertThat(alone.taskCount()).isEqualTo(8);

        while (alone.have().cardinality() < PIECES) {
            takesWhatItWasTold(alone);
        }
        assertThat(told).hasSize(PIECES);
    }

    @Test
    void whatPeersSendKeepsNothingFromTheOriginBack() {
        var half = new BitSet();
        half.set(0, PIECES / 2);
        join(1, half, false);

        var newcomer = join(2);

        assertThat(newcomer.allPending()).filteredOn(task -> !task.from().isOrigin()).hasSize(4);
        assertThat(newcomer.allPending()).filteredOn(task -> task.from().isOrigin()).hasSize(4)
                .allMatch(task -> task.piece() >= PIECES / 2);
    }

    @Test
    void whoPassesNothingOnWaitsForThoseWhoDo() {
        join(1);
        var unreachable = FluidRig.peer(2);
        unreachable.turn(Peer.State.DOWN, Reachability.YES);
        Sender sender = Sender.of(unreachable);
        dispatch.join(new Member(swarm, sender, unreachable, new BitSet(), true, told::add, now), now);

        assertThat(told).isNotEmpty().noneMatch(task -> task.to().peer() == unreachable);
    }
}
