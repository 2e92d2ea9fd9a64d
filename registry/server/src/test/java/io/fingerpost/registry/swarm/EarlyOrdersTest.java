package io.fingerpost.registry.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Orders for pieces that their sender is about to get. */
class EarlyOrdersTest {
    private static final int PIECES = 2;
    /** What a piece is expected to take as long as nothing is known, and when others are told of it. */
    private static final long EXPECTED = 1_024;
    private static final long SOON = EXPECTED - 30;

    private final Sender origin = Sender.origin();
    private final Dispatch dispatch = new Dispatch(origin, 64, SwarmMeters.NONE);
    private final Swarm swarm = new Swarm(Sha256.digestOf(new byte[1]), new PieceLayout(PIECES * 65_536L), 64,
            new Random(1));
    private final List<Task> told = new ArrayList<>();
    private long now;
    private Member ann;
    private Member ben;
    private Member cat;

    /** Both pieces are on their way from the origin to the first. */
    @BeforeEach
    void join() {
        ann = join(1);
        ben = join(2);
        cat = join(3);
        assertThat(told).hasSize(PIECES).allMatch(task -> task.from().isOrigin() && task.to() == ann);
        told.clear();
    }

    private Member join(int number) {
        Sender sender = Sender.of(FluidRig.peer(number));
        var member = new Member(swarm, sender, sender.peer(), new BitSet(), true, told::add, now);
        dispatch.join(member, now);
        return member;
    }

    private void tick(long at) {
        now = at;
        dispatch.tick(now);
    }

    private void gets(Member member, int... pieces) {
        var have = (BitSet) member.have().clone();
        for (int piece : pieces) {
            have.set(piece);
        }
        dispatch.verified(member, PieceSet.of(PIECES, have), now);
    }

    private List<Task> toldFrom(Member member) {
        return told.stream().filter(task -> task.from() == member.sender()).toList();
    }

    @Test
    void areGivenWhenThePieceIsNearlyThere() {
        tick(SOON - 100);
        assertThat(told).isEmpty();

        tick(SOON);

        assertThat(told).isNotEmpty().allMatch(Task::isEarly).noneMatch(task -> task.from().isOrigin());
        assertThat(cat.coming().cardinality()).isEqualTo(PIECES);
    }

    /** One request for both would wait for both, or be refused. */
    @Test
    void areOrdersByThemselves() {
        tick(SOON);
        var desk = new Desk(cat.peer(), 0);
        toldFrom(ann).stream().filter(task -> task.to() == cat).forEach(desk::give);

        var orders = desk.takeOrders(now, Instant.EPOCH.plusSeconds(600)).orders();

        assertThat(orders).hasSize(PIECES).allMatch(order -> order.pieces().size() == 1);
    }

    @Test
    void doNotBlameASenderThatIsStillToGetThePiece() {
        tick(SOON);
        for (long end = now + 4 * EXPECTED; now < end;) {
            ben.sender().heard(now);
            cat.sender().heard(now);
            tick(now + 200);
        }

        assertThat(ann.sender().isSilent(now)).isFalse();
    }

    @Test
    void areNotGivenForWhatIsEarlyItself() {
        tick(SOON);
        tick(SOON + EXPECTED);
        told.clear();

        join(4);

        assertThat(toldFrom(ann)).isNotEmpty();
        assertThat(toldFrom(ben)).isEmpty();
        assertThat(toldFrom(cat)).isEmpty();
    }

    @Test
    void areNotGivenWhenSomethingHasGoneWrongWithIt() {
        tick(3 * EXPECTED + 1);

        assertThat(told).noneMatch(Task::isEarly);
    }

    @Test
    void takeTheLineFromTheMomentThePieceIsThere() {
        tick(SOON);
        var early = toldFrom(ann);

        now += 500;
        gets(ann, 0, 1);

        assertThat(early).isNotEmpty().noneMatch(Task::isEarly).allMatch(task -> now - task.mark().at() <= 40);
        assertThat(ann.sender().flow().underWay())
                .isEqualTo(told.stream().mapToLong(task -> task.mark().bytes()).sum());
    }

    @Test
    void areWithdrawnWhenThePieceDoesNotComeAfterAll() {
        tick(SOON);
        var early = toldFrom(ann);
        assertThat(early).isNotEmpty();

        dispatch.failed(ann, origin, now);

        assertThat(early).noneMatch(Task::isPending);
        assertThat(ann.sender().flow().underWay()).isZero();
    }

    @Test
    void areWithdrawnWhenThePieceIsLate() {
        tick(SOON);
        var early = toldFrom(ann);

        tick(3 * EXPECTED + 1);

        assertThat(early).isNotEmpty().noneMatch(Task::isPending);
    }

    @Test
    void sayNothingOfTheLineWhenTheReceiverIsHeardFirst() {
        tick(SOON);
        now += 1;

        gets(cat, 0, 1);

        assertThat(ann.sender().wasHeard(now)).isFalse();
        assertThat(toldFrom(ann)).noneMatch(task -> task.to() == cat && task.isPending());
    }
}
