package io.fingerpost.broker.origin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

/** The real rule on lines that are reckoned: an answer takes its time to begin, and then its bytes pass the line after those that were there before. */
class TurnWidthTest {
    private static final long PIECE = 64 * 1024;
    private static final double MEGABIT = 1e6 / 8 / 1e9;

    /** @param latency of each answer, in milliseconds, by a number drawn from 0 to 1 */
    private record Line(double megabits, DoubleUnaryOperator latency) {}

    private static final Line SLOW = new Line(20, _ -> 0.5);
    private static final Line FAR = new Line(10_000, drawn -> 45 + 10 * drawn);
    private static final Line FAR_AND_UNSTEADY = new Line(10_000, drawn -> 20 - 30 * Math.log(1 - drawn));
    /** One answer in ten is not in the origin's cache. */
    private static final Line UNEVEN = new Line(10_000, drawn -> drawn < 0.1 ? 500 : 2);

    /** A line and those who ask; all of them always want a piece more. */
    private static final class Run {
        final TurnWidth width = new TurnWidth();
        private final Random random = new Random(1);
        private int asking;
        private Line line;
        private long now;
        private long lineFree;
        private int underWay;
        private long pieces;
        private double widths;

        /** Nanoseconds; whether it is the end of an answer, or the beginning. */
        private record Event(long at, boolean isEnd) {}

        private final PriorityQueue<Event> events = new PriorityQueue<>((a, b) -> Long.compare(a.at, b.at));

        Run(Line line, int asking) {
            this.line = line;
            this.asking = asking;
        }

        /** From now on the line is another. */
        Run on(Line other) {
            line = other;
            return this;
        }

        Run forSeconds(int seconds) {
            long end = now + TimeUnit.SECONDS.toNanos(seconds);
            pieces = 0;
            widths = 0;
            while (now < end) {
                while (underWay < Math.min(asking, width.width())) {
                    underWay++;
                    events.add(new Event(now + (long) (1e6 * line.latency.applyAsDouble(random.nextDouble())), false));
                }
                step(events.remove());
            }
            return this;
        }

        private void step(Event event) {
            now = event.at;
            if (!event.isEnd) {
                lineFree = Math.max(now, lineFree) + (long) (PIECE / (line.megabits * MEGABIT));
                events.add(new Event(lineFree, true));
                return;
            }
            pieces++;
            widths += width.width();
            width.ended(PIECE, now, underWay, asking > underWay);
            underWay--;
        }

        double meanWidth() {
            return widths / pieces;
        }

        long pieces() {
            return pieces;
        }
    }

    @Test
    void aSlowLineIsGivenAsFewAsFillIt() {
        var run = new Run(SLOW, 64).forSeconds(3);

        run.forSeconds(20);

        assertThat(run.meanWidth()).isLessThan(2.5);
        assertThat(run.pieces()).isGreaterThan((long) (0.97 * 20 * 20e6 / 8 / PIECE));
    }

    @Test
    void whatIsFarIsAskedForMuchAtATime() {
        var run = new Run(FAR, 400).forSeconds(5);

        run.forSeconds(20);

        assertThat(run.meanWidth()).isGreaterThan(150);
    }

    @Test
    void neitherJitterNorAnswersThatTakeLongAreTakenForAFullLine() {
        for (Line line : new Line[] {FAR_AND_UNSTEADY, UNEVEN}) {
            var run = new Run(line, 400).forSeconds(10);

            run.forSeconds(20);

            assertThat(run.meanWidth()).as(line.toString()).isGreaterThan(60);
        }
    }

    @Test
    void aLineThatBecomesSlowIsNoticedAndSoIsOneThatBecomesFast() {
        var run = new Run(FAR, 400).forSeconds(10);

        assertThat(run.on(SLOW).forSeconds(120).forSeconds(10).meanWidth()).isLessThan(4);
        assertThat(run.on(FAR).forSeconds(20).forSeconds(10).meanWidth()).isGreaterThan(100);
    }

    @Test
    void whatWasWideForAFastLineIsNarrowedThoughNobodyHasToWait() {
        var run = new Run(FAR, 400).forSeconds(10);
        run.asking = 10;

        assertThat(run.on(SLOW).forSeconds(120).forSeconds(10).meanWidth()).isLessThan(4);
    }

    @Test
    void fewWhoAskAreNotNarrowedOnALongLine() {
        var run = new Run(FAR, 10).forSeconds(10);

        assertThat(run.forSeconds(20).pieces()).isGreaterThan(20 * 10 * 1_000 / 50 * 9 / 10);
    }
}
