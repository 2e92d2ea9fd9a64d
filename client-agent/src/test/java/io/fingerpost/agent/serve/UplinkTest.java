package io.fingerpost.agent.serve;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fingerpost.agent.serve.Uplink.Turn;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xnio.XnioExecutor;

/** The uplink in virtual time. */
class UplinkTest {
    private static final long RATE = 20_000_000;
    private static final long PIECE = 64 * 1024;
    /** Bytes of bodies in a second. */
    private static final double GOODPUT = RATE / 8.0 * 1_448 / 1_514;
    /** Bytes that the line carries in 16 ms: what goes at once. */
    private static final long TURN = 40_000;

    private final Thread thread = new Thread();
    private final List<Body> done = new ArrayList<>();

    /** Does what it is told when its time has come. */
    private static final class Thread implements XnioExecutor {
        private final PriorityQueue<Due> due = new PriorityQueue<>(Comparator.comparing(Due::at));
        private long now = 1_000;
        private long late;

        private record Due(long at, Runnable task) {}

        @Override
        public void execute(Runnable task) {
            due.add(new Due(now, task));
        }

        @Override
        public Key executeAfter(Runnable task, long time, TimeUnit unit) {
            due.add(new Due(now + unit.toNanos(time) + late, task));
            return () -> false;
        }

        @Override
        public Key executeAtInterval(Runnable task, long time, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        void run(long millis) {
            long end = now + MILLISECONDS.toNanos(millis);
            while (!due.isEmpty() && due.peek().at <= end) {
                Due next = due.remove();
                now = Math.max(now, next.at);
                next.task.run();
            }
            now = end;
        }
    }

    private class Body implements Uplink.Transfer {
        private final Uplink uplink;
        private final InetAddress client;
        private long left;
        long sent;
        private long doneAt;
        private final boolean wasAwaited;
        private int turns;

        Body(Uplink uplink, int client, long bytes) {
            this(uplink, client, bytes, false);
        }

        Body(Uplink uplink, int client, long bytes, boolean wasAwaited) {
            this.uplink = uplink;
            this.client = address("192.0.2." + client);
            this.left = bytes;
            this.wasAwaited = wasAwaited;
            uplink.await(this);
        }

        @Override
        public boolean wasAwaited() {
            return wasAwaited;
        }

        @Override
        public InetAddress client() {
            return client;
        }

        @Override
        public XnioExecutor thread() {
            return thread;
        }

        @Override
        public Turn turn(long most) {
            turns++;
            long now = Math.min(most, left);
            left -= now;
            sent += now;
            if (left == 0) {
                doneAt = thread.now;
                done.add(this);
            }
            return new Turn(now, left > 0);
        }
    }

    /** Its connection takes no more than so much at a time, and is full for a while then. */
    private final class SlowBody extends Body {
        private final long fits;

        SlowBody(Uplink uplink, int client, long bytes, long fits) {
            super(uplink, client, bytes);
            this.fits = fits;
        }

        @Override
        public Turn turn(long most) {
            long sent = super.turn(Math.min(most, fits)).sent();
            if (super.left > 0) {
                thread.executeAfter(() -> super.uplink.await(this), 100, MILLISECONDS);
            }
            return new Turn(sent, false);
        }
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private Uplink uplink() {
        return new Uplink(RATE, () -> thread.now);
    }

    @Test
    void keepsToItsRateAndUsesIt() {
        var body = new Body(uplink(), 1, 100 << 20);

        thread.run(10_000);

        assertThat(body.sent / 10.0).isCloseTo(GOODPUT, within(GOODPUT * 0.02));
    }

    @Test
    void losesNothingWhenItsTurnsAreALittleLate() {
        thread.late = MILLISECONDS.toNanos(30);
        var body = new Body(uplink(), 1, 100 << 20);

        thread.run(10_000);

        assertThat(body.sent / 10.0).isCloseTo(GOODPUT, within(GOODPUT * 0.02));
    }

    @Test
    void sendsWhatWasAwaitedBeforeTheRest() {
        var uplink = uplink();
        IntStream.range(0, 20).forEach(i -> new Body(uplink, i % 5, PIECE));
        var awaited = new Body(uplink, 9, PIECE, true);
        var another = new Body(uplink, 3, PIECE, true);

        thread.run(10_000);

        assertThat(done).hasSize(22);
        assertThat(done.subList(0, 5)).contains(awaited, another);
    }

    @Test
    void keepsHalfForTheRestHoweverMuchWasAwaited() {
        var uplink = uplink();
        var rest = new Body(uplink, 1, 100 << 20);
        var next = new Runnable() {
            @Override
            public void run() {
                new Body(uplink, 2, PIECE, true);
                new Body(uplink, 3, PIECE, true);
                thread.executeAfter(this, 20, MILLISECONDS);
            }
        };
        next.run();

        thread.run(10_000);

        assertThat(rest.sent / 10.0).isGreaterThan(GOODPUT / 4);
    }

    @Test
    void savesNothingUpWhileItIsIdle() {
        var uplink = uplink();
        thread.run(60_000);
        var body = new Body(uplink, 1, 100 << 20);

        thread.run(1_000);

        assertThat((double) body.sent).isLessThan(GOODPUT * 1.05 + 125_000);
    }

    @Test
    void sendsOnePieceAfterTheOther() {
        var uplink = uplink();
        var pieces = new ArrayList<Body>();
        for (int i = 0; i < 8; i++) {
            pieces.add(new Body(uplink, i, PIECE));
        }

        thread.run(1_000);

        assertThat(done).isEqualTo(pieces);
        assertThat(pieces).allSatisfy(piece -> assertThat(piece.turns).isEqualTo(2));
        double second = SECONDS.toNanos(1);
        double each = second * PIECE / GOODPUT;
        for (int i = 0; i < 8; i++) {
            double last = i * each + second * TURN / GOODPUT; // then the rest goes
            assertThat(pieces.get(i).doneAt - 1_000.0).isCloseTo(last, within(each / 4));
        }
    }

    @Test
    void cutsNoPieceForTheNextOneOfTheSameClient() {
        var uplink = uplink();
        var mine = new ArrayList<Body>();
        for (int i = 0; i < 40; i++) {
            mine.add(new Body(uplink, 1, PIECE));
            new Body(uplink, 2, PIECE);
        }

        thread.run(10_000);

        assertThat(done).hasSize(80);
        assertThat(done).filteredOn(mine::contains).isEqualTo(mine);
    }

    @Test
    void clientsHaveEqualPartsHoweverManyTransfersTheyHave() {
        var uplink = uplink();
        var few = new Body(uplink, 1, 100 << 20);
        var many = new ArrayList<Body>();
        for (int i = 0; i < 9; i++) {
            many.add(new Body(uplink, 2, 100 << 20));
        }

        thread.run(20_000);

        long together = many.stream().mapToLong(body -> body.sent).sum();
        assertThat((double) few.sent).isCloseTo(together, within(together * 0.02));
        assertThat(many)
                .allSatisfy(body -> assertThat((double) body.sent).isCloseTo(together / 9.0, within(150_000.0)));
    }

    @Test
    void whoAsksForPiecesHasNoMoreThanWhoAsksForAFile() {
        var uplink = uplink();
        var file = new Body(uplink, 1, 100 << 20);
        var pieces = new ArrayList<Body>();
        for (int i = 0; i < 1_000; i++) {
            pieces.add(new Body(uplink, 2, PIECE));
        }

        thread.run(20_000);

        long together = pieces.stream().mapToLong(body -> body.sent).sum();
        assertThat((double) file.sent).isCloseTo(together, within(together * 0.02));
    }

    @Test
    void whoseConnectionIsFullHoldsUpNobody() {
        var uplink = uplink();
        var slow = new SlowBody(uplink, 1, 100 << 20, 1_000);
        var fast = new Body(uplink, 2, 100 << 20);

        thread.run(10_000);

        assertThat(slow.sent).isBetween(50_000L, 100_000L);
        assertThat((slow.sent + fast.sent) / 10.0).isCloseTo(GOODPUT, within(GOODPUT * 0.04));
    }

    @Test
    void oneThatFailsDoesNotStopTheOthers() {
        var uplink = uplink();
        var bad = new Body(uplink, 1, PIECE) {
            @Override
            public Turn turn(long most) {
                throw new IllegalStateException("a bug");
            }
        };
        var good = new Body(uplink, 1, PIECE);

        assertThatThrownBy(() -> thread.run(1_000)).hasMessage("a bug");
        thread.run(1_000);

        assertThat(done).containsExactly(good).doesNotContain(bad);
    }

    @Test
    void withoutALimitOnlyTheConnectionCounts() {
        var body = new Body(Uplink.unlimited(), 1, 10L << 30);

        thread.run(1);

        assertThat(body.left).isZero();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void allComesToAnEndWithinTheRate(int seed) {
        var random = new Random(seed);
        long rate = random.nextLong(100_000, 1_000_000_000);
        var uplink = new Uplink(rate, () -> thread.now);
        int count = random.nextInt(1, 40);
        long all = 0;
        for (int i = 0; i < count; i++) {
            int size = random.nextInt(1, 1_000_000);
            all += size;
            new Body(uplink, random.nextInt(7), size);
        }
        long start = thread.now;

        thread.run(3_600_000);

        assertThat(done).hasSize(count);
        double took = done.getLast().doneAt - start;
        double largestTurn = Math.max(16 << 10, rate / 8.0 * 0.016);
        assertThat(all - largestTurn).isLessThanOrEqualTo(rate / 8.0 * (took / 1e9 + 0.03));
    }

    static IntStream seeds() {
        return IntStream.range(0, 100);
    }
}
