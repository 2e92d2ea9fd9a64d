package io.fingerpost.registry.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.UploadReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class UploadsTest {
    private static final long NOW = Instant.parse("2026-01-31T23:59:00Z").toEpochMilli();
    private static final long MIDNIGHT = Instant.parse("2026-02-01T00:00:00Z").toEpochMilli();
    private static final long MEGABYTE = 1_000_000;

    /** 8 Mbit/s in two slots: a megabyte takes one for two seconds, and 50 ms for the way. */
    private final Uploads twoSlots = new Uploads(new UploadBudget(8_000_000, 2, 0), 0);

    private static Uploads withQuota(long bytes) {
        return new Uploads(new UploadBudget(80_000_000, 16, bytes), 0);
    }

    @Test
    void aSlotIsTakenAsLongAsTheBytesTakeAtItsShareOfTheUplink() {
        assertThat(twoSlots.take(MEGABYTE, NOW)).isTrue();
        assertThat(twoSlots.take(MEGABYTE, NOW + 1000)).isTrue();

        assertThat(twoSlots.hasRoom(MEGABYTE, NOW + 2049)).isFalse();
        assertThat(twoSlots.take(MEGABYTE, NOW + 2049)).isFalse();
        assertThat(twoSlots.hasRoom(MEGABYTE, NOW + 2050)).isTrue();
        assertThat(twoSlots.take(MEGABYTE, NOW + 2050)).isTrue();
        assertThat(twoSlots.take(MEGABYTE, NOW + 2050)).isFalse();
    }

    @Test
    void noClientIsThoughtToReadFasterThanTwentyMegabits() {
        var fast = new Uploads(new UploadBudget(10_000_000_000L, 1, 0), 0);
        fast.take(2_500_000, NOW);

        assertThat(fast.take(1, NOW + 1049)).isFalse();
        assertThat(fast.take(1, NOW + 1050)).isTrue();
    }

    @Test
    void whatHasNoBytesTakesNoSlot() {
        twoSlots.take(MEGABYTE, NOW);
        twoSlots.take(MEGABYTE, NOW);

        assertThat(twoSlots.hasRoom(0, NOW)).isTrue();
        assertThat(twoSlots.take(0, NOW)).isTrue();
    }

    @Test
    void aPeerWithoutSlotsServesNobody() {
        var closed = new Uploads(new UploadBudget(8_000_000, 0, 0), 0);

        assertThat(closed.hasRoom(1, NOW)).isFalse();
        assertThat(closed.take(1, NOW)).isFalse();
        assertThat(closed.hasRoom(0, NOW)).as("not even a head").isFalse();
        assertThat(closed.take(0, NOW)).isFalse();
    }

    @Test
    void slotsOfClientsThatNeverCameAreFreeAfterTheNextReportButOne() {
        twoSlots.take(1000 * MEGABYTE, NOW);
        twoSlots.take(1000 * MEGABYTE, NOW);

        twoSlots.report(UploadReport.IDLE, NOW + 100);
        assertThat(twoSlots.hasRoom(1, NOW + 100)).as("they may be on their way").isFalse();
        twoSlots.report(UploadReport.IDLE, NOW + 10_100);

        assertThat(twoSlots.hasRoom(1, NOW + 10_100)).isTrue();
    }

    @Test
    void clientsThatReadSlowlyKeepTheirSlotsAsLongAsThePeerSaysSo() {
        twoSlots.take(MEGABYTE, NOW);
        twoSlots.take(MEGABYTE, NOW);
        long later = NOW + 10_000;
        assertThat(twoSlots.hasRoom(1, later)).isTrue();

        twoSlots.report(new UploadReport(2, MEGABYTE, MEGABYTE), later);
        assertThat(twoSlots.hasRoom(1, later)).isFalse();
        twoSlots.report(new UploadReport(1, 1000, MEGABYTE), later + 10_000);

        assertThat(twoSlots.take(1, later + 10_000)).isTrue();
        assertThat(twoSlots.take(1, later + 10_000)).isFalse();
    }

    @Test
    void ofSlotsThatAReportDoesNotKnowTheSoonestAreFreed() {
        twoSlots.take(MEGABYTE, NOW);
        twoSlots.take(100 * MEGABYTE, NOW);
        twoSlots.report(new UploadReport(2, 0, 0), NOW + 10);

        twoSlots.report(new UploadReport(1, 0, 0), NOW + 20);

        assertThat(twoSlots.take(MEGABYTE, NOW + 20)).isTrue();
        assertThat(twoSlots.hasRoom(1, NOW + 100_000)).isTrue();
        twoSlots.take(1000 * MEGABYTE, NOW + 100_000);
        assertThat(twoSlots.hasRoom(1, NOW + 100_000)).as("the longer one goes on").isFalse();
    }

    @Test
    void aQuotaIsNeverExceeded() {
        var frugal = withQuota(3 * MEGABYTE);

        assertThat(frugal.take(2 * MEGABYTE, NOW)).isTrue();
        assertThat(frugal.hasRoom(MEGABYTE + 1, NOW)).isFalse();
        assertThat(frugal.take(MEGABYTE + 1, NOW)).isFalse();
        assertThat(frugal.take(MEGABYTE, NOW)).isTrue();
        assertThat(frugal.hasRoom(1, NOW)).isFalse();
    }

    @Test
    void whatFindsNoSlotIsNotCountedAgainstTheQuota() {
        var small = new Uploads(new UploadBudget(8_000_000, 1, 3 * MEGABYTE), 0);
        small.take(MEGABYTE, NOW);

        assertThat(small.take(MEGABYTE, NOW)).isFalse();

        assertThat(small.take(2 * MEGABYTE, NOW + 5000)).isTrue();
    }

    @Test
    void aMonthBeginsAtMidnightOfItsFirstDay() {
        var frugal = withQuota(MEGABYTE);
        frugal.take(MEGABYTE, NOW);

        assertThat(frugal.take(1, MIDNIGHT - 1)).isFalse();
        assertThat(frugal.hasRoom(MEGABYTE + 1, MIDNIGHT)).as("more than a month's").isFalse();
        assertThat(frugal.hasRoom(MEGABYTE, MIDNIGHT)).isTrue();
        assertThat(frugal.take(MEGABYTE, MIDNIGHT)).isTrue();
        assertThat(frugal.take(1, MIDNIGHT)).isFalse();
    }

    @Test
    void thePeersOwnCountIsTakenOver() {
        var frugal = withQuota(10 * MEGABYTE);
        frugal.take(4 * MEGABYTE, NOW);

        frugal.report(new UploadReport(0, 0, 0), NOW + 10_000);
        assertThat(frugal.hasRoom(6 * MEGABYTE + 1, NOW + 10_000)).as("the client may be on its way").isFalse();
        frugal.report(new UploadReport(0, 0, MEGABYTE), NOW + 20_000);
        assertThat(frugal.hasRoom(9 * MEGABYTE, NOW + 20_000)).isTrue();
        assertThat(frugal.hasRoom(9 * MEGABYTE + 1, NOW + 20_000)).isFalse();
        frugal.report(new UploadReport(1, 2 * MEGABYTE, MEGABYTE), NOW + 30_000);

        assertThat(frugal.hasRoom(7 * MEGABYTE + 1, NOW + 30_000)).isFalse();
    }

    @Test
    void aMonthMayBeginWithAReport() {
        var frugal = withQuota(10 * MEGABYTE);
        frugal.take(9 * MEGABYTE, NOW);
        frugal.report(new UploadReport(0, 0, 9 * MEGABYTE), NOW + 1000);

        frugal.report(new UploadReport(1, 0, 6 * MEGABYTE), MIDNIGHT);

        assertThat(frugal.take(4 * MEGABYTE + 1, MIDNIGHT)).isFalse();
        assertThat(frugal.take(4 * MEGABYTE, MIDNIGHT)).isTrue();
    }

    @Test
    void whatClientsThatNeverCameLeftUndoneIsNoLoadAfterTheNextReportButOne() {
        var one = new Uploads(new UploadBudget(8_000_000, 16, 0), 0);
        one.take(100 * MEGABYTE, NOW);

        one.report(UploadReport.IDLE, NOW + 10_000);
        assertThat(one.bytesInFlight(NOW + 10_000)).as("they may be on their way").isEqualTo(90 * MEGABYTE);
        one.take(2 * MEGABYTE, NOW + 15_000);
        one.report(new UploadReport(1, 3 * MEGABYTE, 0), NOW + 20_000);

        assertThat(one.bytesInFlight(NOW + 20_000)).isEqualTo(5 * MEGABYTE);
        one.report(UploadReport.IDLE, NOW + 20_000);
        assertThat(one.bytesInFlight(NOW + 20_000)).isZero();
    }

    @Test
    void whatFailsToBeTakenWhileThePeerReportsIsNeverMadeRoomFor() throws Exception {
        var uploads = withQuota(MEGABYTE);
        var done = new AtomicBoolean();
        var failing = Thread.ofPlatform().start(() -> {
            while (!done.get()) {
                uploads.take(MEGABYTE + 1, NOW);
            }
        });
        boolean over = false;
        for (int i = 0; i < 1_000_000; i++) {
            uploads.report(UploadReport.IDLE, NOW);
            over |= uploads.hasRoom(MEGABYTE + 1, NOW);
        }
        done.set(true);
        failing.join();

        uploads.report(UploadReport.IDLE, NOW);
        assertThat(over).isFalse();
        assertThat(uploads.hasRoom(MEGABYTE, NOW)).isTrue();
        assertThat(uploads.hasRoom(MEGABYTE + 1, NOW)).isFalse();
    }

    @Test
    void aMonthThatBeginsForAClientAndWithAReportAtOnceLeavesNoMoreThanItsQuota() throws Exception {
        var both = new CyclicBarrier(2);
        var shared = new AtomicReference<>(withQuota(MEGABYTE));
        int times = 60_000;
        var taking = Executors.newSingleThreadExecutor();
        var taker = taking.submit(() -> {
            for (int i = 0; i < times; i++) {
                both.await();
                shared.get().take(1, MIDNIGHT);
                both.await();
            }
            return null;
        });
        int over = 0;
        for (int i = 0; i < times; i++) {
            var uploads = withQuota(MEGABYTE);
            uploads.report(UploadReport.IDLE, NOW);
            uploads.take(MEGABYTE, NOW);
            shared.set(uploads);
            both.await();
            for (int spin = i % 64; spin > 0; spin--) {
                Thread.onSpinWait();
            }
            uploads.report(UploadReport.IDLE, MIDNIGHT);
            both.await();
            over += uploads.hasRoom(MEGABYTE + 1, MIDNIGHT) ? 1 : 0;
        }
        taker.get();
        taking.close();

        assertThat(over).isZero();
    }

    @Test
    void manyAtOnceTakeNoMoreThanThereIs() throws Exception {
        var shared = new Uploads(new UploadBudget(8_000, 100, 50 * 1000), 0);
        var taken = new AtomicInteger();
        var bytes = new AtomicLong();
        try (var threads = Executors.newFixedThreadPool(8)) {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < 8; i++) {
                all.add(threads.submit(() -> {
                    for (int j = 0; j < 2_000; j++) {
                        if (shared.take(1000, NOW)) {
                            taken.incrementAndGet();
                            bytes.addAndGet(1000);
                        }
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }

        assertThat(taken.get()).isEqualTo(50);
        assertThat(bytes.get()).isEqualTo(50_000);
        var slotsOnly = new Uploads(new UploadBudget(8_000, 100, 0), 0);
        try (var threads = Executors.newFixedThreadPool(8)) {
            var all = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 8; i++) {
                all.add(threads.submit(() -> {
                    int mine = 0;
                    for (int j = 0; j < 2_000; j++) {
                        mine += slotsOnly.take(1000, NOW) ? 1 : 0;
                    }
                    return mine;
                }));
            }
            int sum = 0;
            for (Future<Integer> one : all) {
                sum += one.get();
            }
            assertThat(sum).isEqualTo(100);
        }
    }

    @Test
    void loadIsWhatIsInFlightOrWasOfLate() {
        var idle = new Uploads(new UploadBudget(8_000_000, 16, 0), 0);
        assertThat(idle.load(NOW)).isZero();

        idle.take(30 * MEGABYTE, NOW);
        assertThat(idle.bytesInFlight(NOW)).isEqualTo(30 * MEGABYTE);
        assertThat(idle.load(NOW)).isCloseTo(30, within(0.001));
        assertThat(idle.bytesInFlight(NOW + 10_000)).isEqualTo(20 * MEGABYTE);
        assertThat(idle.bytesInFlight(NOW + 31_000)).isZero();
        assertThat(idle.load(NOW + 40_000)).as("two half lives").isCloseTo(7.5, within(0.001));
        assertThat(idle.load(NOW + 10_000_000)).isCloseTo(0, within(0.001));
    }

    @Test
    void aNewPeerGetsItsShareWithinAMinute() {
        var young = new Uploads(new UploadBudget(8_000_000, 16, 0), NOW);

        assertThat(young.ramp(NOW - 1000)).isEqualTo(0.1);
        assertThat(young.ramp(NOW)).isEqualTo(0.1);
        assertThat(young.ramp(NOW + 30_000)).isCloseTo(0.55, within(0.001));
        assertThat(young.ramp(NOW + 60_000)).isEqualTo(1);
    }

    @Test
    void theLargestNumbersAreNoProblem() {
        var slow = new Uploads(new UploadBudget(1, 1024, 0), 0);
        for (int i = 0; i < 1024; i++) {
            assertThat(slow.take(1L << 53, NOW)).isTrue();
        }
        assertThat(slow.take(1, NOW)).isFalse();
        assertThat(slow.hasRoom(1, NOW)).isFalse();
        assertThat(slow.load(NOW)).isPositive();
        var fast = new Uploads(new UploadBudget(1_000_000_000_000L, 1, 0), 0);
        assertThat(fast.take(1L << 50, NOW)).isTrue();
        assertThat(fast.hasRoom(1, NOW + 60_000)).isFalse();
    }
}
