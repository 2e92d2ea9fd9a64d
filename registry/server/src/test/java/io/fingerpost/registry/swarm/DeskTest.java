package io.fingerpost.registry.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.Sha256;
import java.time.Instant;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is told at once what to take, and who with its next announcement. */
class DeskTest {
    private static final int PIECE = PieceLayout.MIN_PIECE;
    private static final Instant TICKET_END = Instant.EPOCH.plusSeconds(600);

    private final Swarm swarm = new Swarm(Sha256.digestOf(new byte[1]), new PieceLayout(100L * PIECE), 64,
            new Random(1));
    private final Desk desk = new Desk(FluidRig.peer(1), 0);
    private final Member member = new Member(swarm, desk.sender(), desk.peer(), new BitSet(), true, desk::give, 0);
    private final Sender busy = Sender.of(FluidRig.peer(2));
    private int piece;

    @BeforeEach
    void waitForOrders() {
        desk.members().put(swarm.digest(), member);
        desk.await(_ -> {
            throw new AssertionError("nobody asked for the answer");
        }, 60_000);
        assertThat(desk.isDue(0)).isFalse();
    }

    private Task order(Sender from) {
        var task = new Task(member, from, piece++, from.flow().begin(PIECE, 0));
        member.begin(task);
        return task;
    }

    private void othersTakeFrom(Sender from) {
        from.flow().begin(2L * PIECE, 0);
    }

    private void orderAndTell(int pieces) {
        for (int i = 0; i < pieces; i++) {
            order(busy);
        }
        assertThat(desk.takeOrders(0, TICKET_END).orders()).isNotEmpty();
    }

    @Test
    void whoHasNothingToDoIsToldAtOnce() {
        othersTakeFrom(busy);

        order(busy);

        assertThat(desk.isDue(0)).isTrue();
    }

    @Test
    void whoHasWorkIsToldLaterWhatItsSourceCannotSendYetAnyway() {
        orderAndTell(2);
        order(busy);

        assertThat(desk.isDue(0)).isFalse();
    }

    @Test
    void whoHasWorkIsToldAtOnceWhatAnIdleLineCanSend() {
        orderAndTell(2);
        order(Sender.of(FluidRig.peer(3)));

        assertThat(desk.isDue(0)).isTrue();
    }

    @Test
    void whatHasEndedMeanwhileIsNotToldOf() {
        orderAndTell(2);
        var task = order(Sender.of(FluidRig.peer(3)));

        member.end(task);

        assertThat(desk.isDue(0)).isFalse();
    }
}
