package io.fingerpost.broker.collapse;

import static io.fingerpost.broker.collapse.Spool.READ_AHEAD;
import static io.fingerpost.broker.collapse.SpoolMemory.BLOCK;
import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.broker.Origins;
import io.fingerpost.broker.collapse.Spool.Bounds;
import io.fingerpost.broker.collapse.Spool.Next;
import io.fingerpost.broker.collapse.Spool.Reader;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SpoolTest {
    private static final byte[] BODY = Origins.bytes(40 * BLOCK);
    private static final int BLOCKS = 16;

    private final SpoolMemory memory = new SpoolMemory(BLOCKS * BLOCK);
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger resumed = new AtomicInteger();
    private final Spool spool = spool(new Bounds(0, BLOCKS / 2, true));
    private int written;

    private Spool spool(Bounds bounds) {
        return new Spool(memory, Objects.requireNonNull(memory.take(0)), nanos::get, bounds, resumed::incrementAndGet);
    }

    private static final class Woken {
        private final AtomicInteger times = new AtomicInteger();
        private final Reader reader;

        Woken(long position) {
            this.reader = new Reader(position, times::incrementAndGet);
        }
    }

    private Reader readerAt(long position) {
        var reader = new Woken(position).reader;
        spool.add(reader);
        return reader;
    }

    /** Writes the next {@code length} bytes of the body, or as many as there is room for; returns how many. */
    private int write(int length) {
        int before = written;
        while (written < before + length) {
            var room = spool.room();
            if (room == null) {
                break;
            }
            int bytes = Math.min(room.remaining(), before + length - written);
            room.put(BODY, written, bytes);
            written += bytes;
            spool.filled(bytes);
        }
        return written - before;
    }

    private byte[] read(Reader reader) {
        return read(reader, Integer.MAX_VALUE);
    }

    /** What there is for the reader now, up to {@code most}. */
    private byte[] read(Reader reader, int most) {
        var all = new ByteArrayOutputStream();
        while (all.size() < most && spool.next(reader) instanceof Next.Bytes got) {
            var bytes = new byte[Math.min(got.bytes().remaining(), most - all.size())];
            got.bytes().get(bytes);
            spool.advance(reader, got, bytes.length);
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    private static byte[] body(int from, int to) {
        return Arrays.copyOfRange(BODY, from, to);
    }

    @Test
    void whatIsWrittenIsRead() {
        var reader = readerAt(0);

        write(BLOCK + 10);
        assertThat(read(reader)).isEqualTo(body(0, BLOCK + 10));
        write(BLOCK);
        spool.finish(true);

        assertThat(read(reader)).isEqualTo(body(BLOCK + 10, 2 * BLOCK + 10));
        assertThat(spool.next(reader)).isInstanceOf(Next.End.class);
    }

    @Test
    void whoFindsNothingIsWokenOnceWhenThereIsMore() {
        var woken = new Woken(0);
        spool.add(woken.reader);
        assertThat(spool.next(woken.reader)).isInstanceOf(Next.None.class);

        write(10);
        write(10);

        assertThat(woken.times).hasValue(1);
        assertThat(read(woken.reader)).isEqualTo(body(0, 20));
    }

    @Test
    void whoFindsNothingIsWokenWhenThereNeverWillBeMore() {
        var woken = new Woken(0);
        spool.add(woken.reader);
        spool.next(woken.reader);

        spool.finish(false);

        assertThat(woken.times).hasValue(1);
        assertThat(spool.next(woken.reader)).isInstanceOf(Next.Broken.class);
    }

    @Test
    void whatCameBeforeAFailureIsReadAndThenTheFailureIsSeen() {
        var reader = readerAt(0);
        write(10);

        spool.finish(false);
        spool.finish(true); // only the first word counts

        assertThat(read(reader)).isEqualTo(body(0, 10));
        assertThat(spool.next(reader)).isInstanceOf(Next.Broken.class);
        assertThat(spool.reaches(0)).isFalse();
    }

    @Test
    void theWriterIsKeptNearTheFastestReader() {
        var slow = readerAt(0);
        var fast = readerAt(0);

        assertThat(write(BODY.length)).isEqualTo(READ_AHEAD);
        read(slow, BLOCK);
        assertThat(resumed).as("far enough ahead").hasValue(0);

        read(fast, READ_AHEAD / 2);
        assertThat(resumed).hasValue(1);
    }

    @Test
    void whoComesLateFindsAllAsLongAsThereIsRoom() {
        var first = readerAt(0);
        for (int i = 0; i < 6; i++) {
            write(BLOCK);
            read(first);
        }

        assertThat(spool.reaches(0)).isTrue();
        assertThat(read(readerAt(0))).isEqualTo(body(0, 6 * BLOCK));
    }

    @Test
    void aReaderMayBeginWhereTheWriterWillSoonBe() {
        assertThat(spool.reaches(READ_AHEAD)).isTrue();
        assertThat(spool.reaches(READ_AHEAD + 1)).isFalse();
        var reader = readerAt(BLOCK + 5);

        write(2 * BLOCK);

        assertThat(read(reader)).isEqualTo(body(BLOCK + 5, 2 * BLOCK));
    }

    @Test
    void whatAllHaveReadMakesRoomAtOnceWhenThereIsNone() {
        var reader = readerAt(0);

        for (int i = 0; i < 20; i++) {
            assertThat(write(BLOCK)).isEqualTo(BLOCK);
            assertThat(read(reader)).isEqualTo(body(i * BLOCK, (i + 1) * BLOCK));
        }

        assertThat(memory.used()).isEqualTo(BLOCKS / 2 * BLOCK);
        assertThat(spool.reaches(0)).isFalse();
    }

    private void readWhileAnotherTakesNothing(Reader fast) {
        while (write(BLOCK) == BLOCK) {
            read(fast);
        }
    }

    @Test
    void aReaderThatTakesNothingHoldsUpTheOthersForAMomentOnly() {
        var woken = new Woken(0);
        var stalled = woken.reader;
        spool.add(stalled);
        var fast = readerAt(0);
        readWhileAnotherTakesNothing(fast);
        assertThat(written).isEqualTo(BLOCKS / 2 * BLOCK);
        assertThat(spool.wantsBlock()).isTrue();

        nanos.addAndGet(Spool.GRACE.toNanos());
        assertThat(write(BLOCK)).isEqualTo(BLOCK);

        assertThat(read(fast)).isEqualTo(body(written - BLOCK, written));
        assertThat(woken.times).as("told that it is lost").hasValue(1);
        assertThat(spool.next(stalled)).isInstanceOf(Next.Lost.class);
        assertThat(write(BLOCK)).as("from now on it holds up nobody").isEqualTo(BLOCK);
    }

    @Test
    void whileTheFastestHasSomethingToReadTheOthersKeepTheirs() {
        readerAt(0); // which will be lost
        var slow = readerAt(BLOCK);
        var fast = readerAt(0);
        readWhileAnotherTakesNothing(fast);
        nanos.addAndGet(Spool.GRACE.toNanos());
        write(BLOCK); // which fast has not read yet

        assertThat(write(BLOCK)).isZero();

        assertThat(read(slow)).isEqualTo(body(BLOCK, written));
    }

    @Test
    void bytesThatAreBeingSentStayWhereTheyAre() {
        var stalled = readerAt(0);
        var fast = readerAt(0);
        readWhileAnotherTakesNothing(fast);
        var got = (Next.Bytes) spool.next(stalled);
        nanos.addAndGet(Spool.GRACE.toNanos());

        assertThat(write(BLOCK)).isZero();

        spool.advance(stalled, got, 0);
        assertThat(write(BLOCK)).isEqualTo(BLOCK);
    }

    @Test
    void theSlowReaderThatLeavesTheFirstBlockLetsTheWriterGoOn() {
        var slow = readerAt(0);
        var fast = readerAt(0);
        readWhileAnotherTakesNothing(fast);
        int before = resumed.get();

        read(slow, BLOCK - 1);
        assertThat(resumed).hasValue(before);
        read(slow, 1);

        assertThat(resumed).hasValue(before + 1);
        assertThat(write(BLOCK)).isEqualTo(BLOCK);
    }

    @Test
    void aSpoolThatKeepsNothingHoldsOnlyWhatIsYetToBeRead() {
        var lean = spool(new Bounds(0, BLOCKS / 2, false));
        var reader = new Woken(0).reader;
        lean.add(reader);
        for (int i = 0; i < 20; i++) {
            Objects.requireNonNull(lean.room()).put(BODY, i * BLOCK, BLOCK);
            lean.filled(BLOCK);
            var got = (Next.Bytes) lean.next(reader);
            lean.advance(reader, got, BLOCK);
        }

        assertThat(memory.used()).as("with the block of the other spool").isLessThanOrEqualTo(3 * BLOCK);
    }

    @Test
    void aSpoolWithMoreThanItsShareShrinksWhenMemoryIsScarce() {
        var reader = readerAt(0);
        for (int i = 0; i < BLOCKS / 2; i++) {
            write(BLOCK);
            read(reader);
        }
        for (int i = BLOCKS / 2; i < BLOCKS; i++) {
            assertThat(memory.take(0)).isNotNull();
        }
        memory.open();
        memory.open();

        write(BLOCK);

        assertThat(memory.used()).isLessThan(BLOCKS * BLOCK);
        assertThat(read(reader)).isEqualTo(body(written - BLOCK, written));
    }

    @Test
    void allMemoryComesBackOnceAndTheBlockThatIsInUseWhenItNoLongerIs() {
        var reader = readerAt(0);
        write(3 * BLOCK);
        var got = (Next.Bytes) spool.next(reader);

        spool.close();
        spool.close();
        assertThat(memory.used()).isEqualTo(BLOCK);
        spool.advance(reader, got, 10);

        assertThat(memory.used()).isZero();
        assertThat(spool.room()).isNull();
    }

    /** With as little memory as can be, so that blocks are used again while others read. */
    @Test
    @Timeout(30)
    void readersOnOtherThreadsNeverSeeAByteThatIsNotTheirs() throws InterruptedException {
        var small = new SpoolMemory(3L * BLOCK);
        var narrow = new Spool(small, Objects.requireNonNull(small.take(0)), System::nanoTime, new Bounds(0, 3, true),
                () -> {});
        var problems = new AtomicInteger();
        var readers = new Thread[4];
        for (int i = 0; i < readers.length; i++) {
            var reader = new Woken(0).reader;
            narrow.add(reader);
            readers[i] = Thread.ofPlatform().start(() -> problems.addAndGet(check(narrow, reader)));
        }
        for (int at = 0; at < BODY.length;) {
            var room = narrow.room();
            if (room == null) {
                LockSupport.parkNanos(10_000);
                continue;
            }
            int bytes = Math.min(Math.min(room.remaining(), 10_007), BODY.length - at);
            room.put(BODY, at, bytes);
            at += bytes;
            narrow.filled(bytes);
        }
        narrow.finish(true);
        for (Thread reader : readers) {
            reader.join();
        }

        assertThat(problems).hasValue(0);
        narrow.close();
        assertThat(small.used()).isZero();
    }

    /** Reads to the end at a speed that varies; returns how many bytes were missing or wrong. */
    private static int check(Spool from, Reader reader) {
        int wrong = 0;
        for (Next next = from.next(reader); !(next instanceof Next.End); next = from.next(reader)) {
            if (next instanceof Next.Lost) {
                return wrong; // a reader may be lost, but not misled
            }
            if (next instanceof Next.Bytes got) {
                int at = Math.toIntExact(reader.position());
                int length = Math.min(got.bytes().remaining(), 1 + ThreadLocalRandom.current().nextInt(20_000));
                var bytes = new byte[length];
                got.bytes().get(bytes);
                wrong += Arrays.equals(bytes, 0, length, BODY, at, at + length) ? 0 : 1;
                from.advance(reader, got, length);
            } else {
                LockSupport.parkNanos(1_000);
            }
        }
        return wrong + (reader.position() == BODY.length ? 0 : 1);
    }
}
