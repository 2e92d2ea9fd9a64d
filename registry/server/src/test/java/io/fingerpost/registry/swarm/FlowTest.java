package io.fingerpost.registry.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.registry.swarm.Flow.Mark;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a line is given, for lines of many rates and latencies. */
class FlowTest {
    private static final int SEEDS = 200;
    private static final int PIECE = 65_536;
    private static final double LEAST = 5;
    private static final long MOMENT = 130;

    /** A line that sends one piece after the other, kept full for a while; how much it was given in the end. */
    private static long fill(Flow flow, double rate, long latency, long until) {
        var sent = new ArrayDeque<Sent>();
        double free = 0;
        for (long now = 0; now < until; now++) {
            while (!sent.isEmpty() && sent.getFirst().at <= now) {
                flow.arrived(sent.removeFirst().mark, now);
            }
            while (flow.hasRoom(PIECE)) {
                free = Math.max(free, now) + PIECE / rate;
                sent.add(new Sent(flow.begin(PIECE, now), (long) Math.ceil(free + latency)));
            }
        }
        return flow.underWay();
    }

    private record Sent(Mark mark, long at) {}

    @Test
    void keepsALineBusyOnWhichPiecesArriveWithinTheMoment() {
        for (int seed = 0; seed < SEEDS; seed++) {
            var random = new Random(seed);
            long latency = 1 + random.nextInt((int) MOMENT / 2);
            double rate = PIECE / (MOMENT / 2.0) * (1 + random.nextInt(60)); // a piece takes the other half at most
            double holds = PIECE + rate * latency; // what is sent, and what is not known to have arrived

            long given = fill(flow(), rate, latency, 20_000);

            assertThat((double) given).as("seed %d: %s B/ms, %d ms", seed, rate, latency)
                    .isBetween(holds - PIECE, Math.max(LEAST * PIECE, 1.5 * rate * MOMENT + 2 * PIECE));
        }
    }

    @Test
    void isGivenTheLeastOnALineThatTakesLonger() {
        for (int seed = 0; seed < SEEDS; seed++) {
            var random = new Random(seed);
            double rate = PIECE / (double) MOMENT / (1 + random.nextInt(10));

            long given = fill(flow(), rate, random.nextInt(300), 60_000);

            assertThat((double) given).as("seed %d", seed).isBetween((LEAST - 1) * PIECE, LEAST * PIECE);
        }
    }

    @Test
    void isGivenNoMoreForBeingQuickWithTheLittleThatIsWanted() {
        var flow = flow();
        for (int now = 0; now < 10_000; now += 10) {
            flow.arrived(flow.begin(PIECE, now), now + 5);
        }

        assertThat((double) room(flow, 10_000)).isEqualTo(LEAST * PIECE);
    }

    private static Flow flow() {
        return new Flow(LEAST, MOMENT);
    }

    @Test
    void mayAlwaysSendOnePiece() {
        for (int seed = 0; seed < SEEDS; seed++) {
            var random = new Random(seed);
            var flow = new Flow(1 + 3 * random.nextDouble(), MOMENT);
            var marks = new ArrayList<Mark>();
            long now = 0;
            for (int i = 0; i < 500; i++) {
                now += random.nextInt(2_000);
                if (marks.isEmpty()) {
                    assertThat(flow.hasRoom(PIECE)).as("seed %d, step %d", seed, i).isTrue();
                }
                if (flow.hasRoom(PIECE) && random.nextBoolean()) {
                    marks.add(flow.begin(1 + random.nextInt(PIECE), now));
                } else if (!marks.isEmpty()) {
                    end(flow, marks.remove(random.nextInt(marks.size())), random, now);
                }
            }
            long end = now;
            marks.forEach(mark -> end(flow, mark, random, end));
            assertThat(flow.underWay()).as("seed %d", seed).isZero();
        }
    }

    private static void end(Flow flow, Mark mark, Random random, long now) {
        switch (random.nextInt(3)) {
            case 0 -> flow.arrived(mark, now);
            case 1 -> flow.lost(mark, now);
            default -> flow.withdrawn(mark);
        }
    }

    @Test
    void isGivenHalfAfterALossUntilTheLeast() {
        var flow = opened();
        double before = room(flow, 20_000);

        flow.lost(flow.begin(PIECE, 20_000), 21_000);

        assertThat(before).isGreaterThan(4 * LEAST * PIECE);
        assertThat((double) room(flow, 21_000)).isBetween(before / 2 - PIECE, before / 2 + PIECE);
        for (int i = 0; i < 10; i++) {
            flow.lost(flow.begin(PIECE, 22_000 + i), 22_000 + i);
        }
        assertThat((double) room(flow, 23_000)).isEqualTo(LEAST * PIECE);
    }

    @Test
    void whatWasLostBeforeIsNoLossAnyMore() {
        var flow = opened();
        var old = flow.begin(PIECE, 20_000);
        flow.lost(flow.begin(PIECE, 20_000), 21_000);
        double before = room(flow, 21_000);

        flow.lost(old, 22_000);

        assertThat((double) room(flow, 22_000)).isEqualTo(before);
    }

    @Test
    void shortPiecesOnAQuickLineOpenNothing() {
        var flow = flow();
        for (int now = 0; now < 10_000; now += 10) {
            var one = flow.begin(PIECE, now);
            var other = flow.begin(PIECE, now);
            flow.arrived(flow.begin(100, now), now + 1);
            flow.arrived(one, now + 5);
            flow.arrived(other, now + 5);
        }

        assertThat((double) room(flow, 10_000)).isEqualTo(LEAST * PIECE);
    }

    @Test
    void largePiecesOpenNoMoreForSmallOnesThanArriveWithinTheMoment() {
        var flow = flow();
        for (int i = 0; i < 20; i++) {
            flow.arrived(flow.begin(64 * PIECE, i * 1_000), i * 1_000 + 500);
        }

        assertThat((double) room(flow, 30_000)).isLessThan(64 * PIECE);
    }

    /** One that has opened up, with nothing under way. */
    private static Flow opened() {
        var flow = flow();
        var marks = new ArrayList<Mark>();
        for (int now = 0; now < 100; now++) {
            while (flow.hasRoom(PIECE)) {
                marks.add(flow.begin(PIECE, now));
            }
            flow.arrived(marks.removeFirst(), now);
        }
        marks.forEach(flow::withdrawn);
        return flow;
    }

    /** Fills it up, and empties it again. */
    private static long room(Flow flow, long now) {
        var marks = new ArrayList<Mark>();
        while (flow.hasRoom(PIECE)) {
            marks.add(flow.begin(PIECE, now));
        }
        long given = flow.underWay();
        marks.forEach(flow::withdrawn);
        return given;
    }

    /** Who falls silent with much under way is to be missed as soon as with little. */
    @Test
    void whatIsLostTogetherIsOneLoss() {
        var flow = flow();
        flow.arrived(flow.begin(PIECE, 0), 100);
        var marks = List.of(flow.begin(PIECE, 200), flow.begin(PIECE, 200), flow.begin(PIECE, 210));
        double expected = flow.expected(new Mark(PIECE, 0, 0, 0), 0);

        marks.forEach(mark -> flow.lost(mark, 300));

        assertThat(flow.expected(new Mark(PIECE, 0, 0, 0), 0)).isBetween(expected, 2 * expected + 1);
        assertThat(flow.underWay()).isZero();
    }

    @Test
    void whoeverLosesEverythingIsStillMissedInTheEnd() {
        var flow = flow();
        flow.arrived(flow.begin(PIECE, 0), 100);

        for (int i = 0; i < 2_000; i++) {
            flow.lost(flow.begin(PIECE, 1_000 + i), 1_000 + i);
        }

        assertThat(flow.expected(new Mark(PIECE, 0, 0, 0), 0)).isLessThan(10_000);
    }

    @Test
    void soIsWhoeverTookVeryLongOnce() {
        var flow = flow();
        flow.arrived(flow.begin(PIECE, 0), 100_000);

        assertThat(flow.expected(new Mark(PIECE, 0, 0, 0), 0)).isLessThan(10_000);
    }
}
