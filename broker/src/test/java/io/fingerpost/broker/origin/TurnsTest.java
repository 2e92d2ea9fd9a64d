package io.fingerpost.broker.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final long PIECE = 64 * 1024;

    private long now;
    private final Turns turns = new Turns(() -> now);
    private final List<Integer> gone = new ArrayList<>();

    private Turns.Turn take(int number) {
        return turns.take(Runnable::run, () -> gone.add(number));
    }

    private List<Turns.Turn> take(int from, int to) {
        return IntStream.range(from, to).mapToObj(this::take).toList();
    }

    private void pass(long millis) {
        now += TimeUnit.MILLISECONDS.toNanos(millis);
    }

    @Test
    void aFewGoAtATimeAndTheOthersInTheOrderInWhichTheyCame() {
        var taken = take(0, TurnWidth.FIRST + 2);
        assertThat(gone).containsExactlyElementsOf(IntStream.range(0, TurnWidth.FIRST).boxed().toList());
        assertThat(turns.waiting()).isEqualTo(2);

        pass(20);
        taken.get(2).end(PIECE);
        assertThat(gone).last().isEqualTo(TurnWidth.FIRST);

        taken.get(0).end(PIECE);
        assertThat(gone).last().isEqualTo(TurnWidth.FIRST + 1);
        assertThat(turns.isAwaited()).isFalse();
    }

    @Test
    void whoIsNoLongerThereHasNoTurn() {
        var taken = take(0, TurnWidth.FIRST + 2);

        taken.get(TurnWidth.FIRST).end(0);
        taken.getFirst().end(PIECE);

        assertThat(gone).doesNotContain(TurnWidth.FIRST).last().isEqualTo(TurnWidth.FIRST + 1);
    }

    @Test
    void whatLastsMuchLongerThanUsualMakesRoom() {
        for (int i = 0; i < 50; i++) { // what is usual: 30 ms
            var turn = take(i);
            pass(30);
            turn.end(PIECE);
        }
        var slow = take(100, 100 + TurnWidth.FIRST);
        var next = take(200, 202);

        pass(110);
        turns.look();
        assertThat(gone).doesNotContain(200);

        pass(30);
        turns.look();
        assertThat(gone).endsWith(200, 201);

        slow.forEach(turn -> turn.end(PIECE)); // they had made room already
        take(300, 300 + TurnWidth.FIRST);
        assertThat(turns.waiting()).isEqualTo(2);
        next.forEach(turn -> turn.end(PIECE));
        assertThat(turns.waiting()).isZero();
    }

    @Test
    void whenAllBecomeSlowThatIsUsualSoon() {
        for (int i = 0; i < 50; i++) { // what is usual: 30 ms
            var turn = take(i);
            pass(30);
            turn.end(PIECE);
        }
        for (int round = 0; round < 10; round++) {
            var slow = take(0, TurnWidth.FIRST);
            pass(400);
            turns.look();
            slow.forEach(turn -> turn.end(PIECE));
        }

        take(0, TurnWidth.MOST);
        pass(400);
        turns.look();

        assertThat(turns.waiting()).as("nobody has made room yet").isGreaterThan(TurnWidth.MOST - 10);
    }

    @Test
    void nobodyWaitsLongerThanTheLongestWait() {
        for (int i = 0; i < 50; i++) { // what is usual: 2 s
            var turn = take(i);
            pass(2_000);
            turn.end(PIECE);
        }
        take(100, 100 + TurnWidth.FIRST + 3);
        assertThat(turns.waiting()).isEqualTo(3);

        now += Turns.LONGEST_WAIT;
        turns.look();

        assertThat(turns.waiting()).isZero();
    }

    @Test
    void theQueueIsBounded() {
        take(0, 10_000);

        assertThat(turns.waiting()).isEqualTo(4_096);
    }
}
