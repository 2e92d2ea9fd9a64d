package io.fingerpost.registry.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.UploadBudget;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Brokers that send clients to the same peer, and hear of each other's a moment later; in virtual time. */
class SharedUploadsTest {
    private static final long START = 1_800_000_000_000L;
    private static final long RUN_MILLIS = 20_000;

    private record Told(long at, int by, long bytes) {}

    /** What the brokers together had under way at each moment, and what they took in all. */
    private record Outcome(int mostUnderWay, double meanUnderWay, long bytes) {}

    private static List<Uploads> brokers(int count, UploadBudget budget) {
        return IntStream.range(0, count)
                .mapToObj(rank -> new Uploads(budget, 0, Optional.of(() -> new Share(count, rank)))).toList();
    }

    /** All ask for as much as they can get, each millisecond, in any order. */
    private static Outcome rush(int count, UploadBudget budget, long bytes, int longestDelay, long skew) {
        var random = new SplittableRandom(1);
        List<Uploads> brokers = brokers(count, budget);
        var way = new PriorityQueue<Told>((a, b) -> Long.compare(a.at, b.at));
        var ends = new ArrayList<Long>();
        double slotBytesPerMilli = Math.min(budget.bitsPerSecond() / 8_000.0 / budget.slots(), 2_500);
        int most = 0;
        long sum = 0;
        long total = 0;
        for (long now = START; now < START + RUN_MILLIS; now++) {
            while (!way.isEmpty() && way.peek().at <= now) {
                Told told = way.remove();
                for (int i = 0; i < count; i++) {
                    if (i != told.by) {
                        brokers.get(i).takeElsewhere(told.bytes, now + i * skew);
                    }
                }
            }
            int first = random.nextInt(count);
            for (int k = 0; k < count; k++) {
                int i = (first + k) % count;
                while (brokers.get(i).take(bytes, now + i * skew)) {
                    ends.add(now + (long) (bytes / slotBytesPerMilli));
                    total += bytes;
                    way.add(new Told(now + 1 + random.nextInt(longestDelay), i, bytes));
                }
            }
            long moment = now;
            ends.removeIf(end -> end <= moment);
            most = Math.max(most, ends.size());
            sum += ends.size();
        }
        return new Outcome(most, (double) sum / RUN_MILLIS, total);
    }

    @ParameterizedTest
    @CsvSource({"3, 1, 90, 0", "3, 2, 90, 0", "3, 4, 90, 0", "3, 10, 90, 0", "3, 16, 90, 0", "3, 16, 90, 30",
            "3, 4, 20, 30",
            "2, 1, 90, 0", "2, 5, 90, 30", "4, 1, 90, 0", "4, 7, 60, 10", "10, 16, 90, 0"})
    void neverHaveMoreUnderWayThanAFifthTooMuch(int brokers, int slots, int longestDelay, long skew) {
        var budget = new UploadBudget(slots * 8_000_000L, slots, 0);

        var outcome = rush(brokers, budget, 2_000_000, longestDelay, skew);

        assertThat(outcome.mostUnderWay()).isLessThanOrEqualTo((int) (slots * 1.2));
        assertThat(outcome.meanUnderWay()).as("and use it").isGreaterThan(slots * 0.6);
    }

    @Test
    void neverOverdrawAMonthsQuota() {
        var budget = new UploadBudget(1_000_000_000, 64, 100_000_000);

        var outcome = rush(3, budget, 100_000, 90, 0);

        assertThat(outcome.bytes()).isBetween(90_000_000L, 100_000_000L);
    }

    /** Whether anybody takes it or not. */
    @ParameterizedTest
    @CsvSource({"2, 1", "2, 3", "3, 1", "3, 2", "4, 1", "5, 1", "5, 7"})
    void whatCannotBeDividedGoesRound(int count, int slots) {
        var brokers = brokers(count, new UploadBudget(slots * 8_000_000L, slots, 0));
        var lastRoom = new long[count];
        Arrays.fill(lastRoom, START);
        for (long now = START; now < START + 60_000; now += 7) {
            for (int i = 0; i < count; i++) {
                lastRoom[i] = brokers.get(i).hasRoom(1, now) ? now : lastRoom[i];
                assertThat(now - lastRoom[i]).isLessThanOrEqualTo(2 * count * Turns.MILLIS);
            }
        }
    }

    @Test
    void oneThatIsAloneMayTakeAll() {
        var alone = new Uploads(new UploadBudget(8_000_000, 4, 0), 0, Optional.of(() -> Share.ALL));

        assertThat(IntStream.range(0, 6).filter(_ -> alone.take(1_000_000, START)).count()).isEqualTo(4);
    }
}
