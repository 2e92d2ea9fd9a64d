package io.fingerpost.registry.upload;

import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.registry.Interleavings;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Clients that are sent to one peer by several threads, and its reports in between. That a budget has room is only a hint, and a
 * client may be refused who would have had room a moment later; but never are there more than the budget allows.
 */
@Tag("lincheck")
class UploadsConcurrencyTest {
    private static final long NOW = 1_767_225_600_000L;

    /** Slots are linearizable as long as the peer says nothing. */
    public static class Slots {
        private final Uploads uploads = new Uploads(new UploadBudget(8_000, 3, 0), NOW);
        private final AtomicLong taken = new AtomicLong();

        @Operation
        public boolean take() {
            boolean done = uploads.take(1_000, NOW);
            taken.addAndGet(done ? 1_000 : 0);
            return done;
        }

        @Validate
        public void whatWasTakenIsCharged() {
            if (uploads.bytesInFlight(NOW) != taken.get() || uploads.hasRoom(1, NOW) != taken.get() < 3_000) {
                throw new AssertionError(uploads.bytesInFlight(NOW) + " of " + taken);
            }
        }
    }

    /** The quota of a month, while the peer reports: each time all that clients were sent for before its last report. */
    @Param(name = "bytes", gen = IntGen.class, conf = "1:2")
    public static class Quota {
        private static final int PER_MONTH = 5;

        private final Uploads uploads = new Uploads(new UploadBudget(8_000, PER_MONTH, PER_MONTH), NOW);
        private final Sent sent = new Sent();

        @Operation
        public String take(@Param(name = "bytes") int bytes) {
            sent.begin(bytes);
            return sent.end(bytes, uploads.take(bytes, NOW)) > PER_MONTH ? "too much" : "fine";
        }

        @Operation(nonParallelGroup = "peer")
        public void report() {
            sent.report(known -> uploads.report(new UploadReport(0, 0, known), NOW));
        }

        /** Bytes that nobody was sent for may be counted for as long as it takes to report twice. */
        @Validate
        public void theRestIsThereAfterTwoReports() {
            for (int i = 0; i < 3; i++) {
                report();
            }
            if (!uploads.take(PER_MONTH - sent.granted.get(), NOW)) {
                throw new AssertionError("of " + PER_MONTH + " only " + sent.granted + " were sent");
            }
        }
    }

    /** The slots, while the peer reports: each time all clients that were sent before its last report. */
    public static class SlotsWithReports {
        private static final int SLOTS = 2;

        private final Uploads uploads = new Uploads(new UploadBudget(8_000, SLOTS, 0), NOW);
        private final Sent sent = new Sent();

        @Operation
        public String take() {
            sent.begin(1);
            return sent.end(1, uploads.take(1_000, NOW)) > SLOTS ? "too many" : "fine";
        }

        @Operation(nonParallelGroup = "peer")
        public void report() {
            sent.report(known -> uploads.report(new UploadReport((int) known, 0, 0), NOW));
        }
    }

    /** What clients were sent for, and what the peer knows of it: reports are far enough apart for every client to arrive. */
    private static final class Sent {
        final AtomicLong granted = new AtomicLong();
        /** Also what is just being decided. */
        private final AtomicLong begun = new AtomicLong();
        private long known;

        void begin(int amount) {
            begun.addAndGet(amount);
        }

        long end(int amount, boolean taken) {
            if (taken) {
                return granted.addAndGet(amount);
            }
            begun.addAndGet(-amount);
            return 0;
        }

        void report(LongConsumer report) {
            report.accept(known);
            known = begun.get();
        }
    }

    @Test
    void slotsAreTakenOnceEach() {
        Interleavings.check(Slots.class);
    }

    @Test
    void noReportMakesRoomThatIsNotThere() {
        Interleavings.check(Quota.class);
    }

    @Test
    void noReportFreesSlotsOfClientsOnTheirWay() {
        Interleavings.check(SlotsWithReports.class);
    }
}
