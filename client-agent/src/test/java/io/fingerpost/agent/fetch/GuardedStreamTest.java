package io.fingerpost.agent.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.concurrent.Delayed;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class GuardedStreamTest {
    private static final Duration WINDOW = Duration.ofSeconds(5);
    private static final int MIN_BYTES = 100;

    private final HandTimer timer = new HandTimer();

    /** A timer whose windows end when the test says so. */
    private static final class HandTimer extends ScheduledThreadPoolExecutor {
        private Runnable check = () -> {
            throw new AssertionError("nothing is watched");
        };
        private boolean cancelled;

        HandTimer() {
            super(0);
        }

        @Override
        public ScheduledFuture<?> scheduleWithFixedDelay(Runnable command, long first, long delay, TimeUnit unit) {
            assertThat(unit.toSeconds(delay)).isEqualTo(WINDOW.toSeconds());
            check = command;
            return new Watch(this);
        }

        void windowEnds() {
            if (!cancelled) {
                check.run();
            }
        }
    }

    /** The handle on what is scheduled; only cancelling it matters. */
    private record Watch(HandTimer timer) implements ScheduledFuture<Void> {
        @Override
        public boolean cancel(boolean mayInterrupt) {
            timer.cancelled = true;
            return true;
        }

        @Override
        public boolean isCancelled() {
            return timer.cancelled;
        }

        @Override
        public boolean isDone() {
            return timer.cancelled;
        }

        @Override
        public Void get() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Void get(long timeout, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return 0;
        }

        @Override
        public int compareTo(Delayed other) {
            return 0;
        }
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    private GuardedStream guard(InputStream body) {
        return new GuardedStream(body, WINDOW, MIN_BYTES, timer);
    }

    @Test
    void passesOnABodyThatComesFastEnough() throws IOException {
        var bytes = new byte[3 * MIN_BYTES];
        var stream = guard(new ByteArrayInputStream(bytes));

        for (int i = 0; i < 3; i++) {
            assertThat(stream.readNBytes(MIN_BYTES)).hasSize(MIN_BYTES);
            timer.windowEnds();
        }

        assertThat(stream.read()).isEqualTo(-1);
    }

    @Test
    @Timeout(20)
    void freesAReaderThatWaitsForABodyThatCeasedToCome() throws Exception {
        try (var far = new PipedOutputStream(); var body = new ClosingPipe(far)) {
            var stream = guard(body);
            var reader = Thread.ofVirtual().unstarted(() -> assertThatThrownBy(stream::read)
                    .isInstanceOf(SourceFailed.class).hasMessageContaining("too slow"));
            var failure = new Throwable[1];
            reader.setUncaughtExceptionHandler((_, e) -> failure[0] = e);
            reader.start();

            timer.windowEnds();

            reader.join();
            assertThat(failure[0]).isNull();
        }
    }

    /** A pipe that, like the body of an HTTP client, breaks a read off when it is closed. */
    private static final class ClosingPipe extends PipedInputStream {
        private boolean closed;

        ClosingPipe(PipedOutputStream far) throws IOException {
            super(far);
        }

        @Override
        public synchronized int read() throws IOException {
            while (!closed && available() == 0) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
            if (closed) {
                throw new IOException("closed");
            }
            return super.read();
        }

        @Override
        public synchronized void close() {
            closed = true;
            notifyAll();
        }
    }

    @Test
    void givesUpATrickle() throws IOException {
        var stream = guard(new ByteArrayInputStream(new byte[10 * MIN_BYTES]));
        stream.readNBytes(MIN_BYTES);
        timer.windowEnds();

        stream.readNBytes(MIN_BYTES - 1);
        timer.windowEnds();

        assertThatThrownBy(stream::read).isInstanceOf(SourceFailed.class).hasMessageContaining("too slow");
    }

    @Test
    void saysThatAConnectionBroke() {
        var stream = guard(new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("reset by peer");
            }
        });

        assertThatThrownBy(stream::read).isInstanceOf(SourceFailed.class).hasMessageContaining("reset by peer");
    }

    @Test
    void closesTheBodyAndWatchesNoLonger() throws IOException {
        var closed = new boolean[1];
        var stream = guard(new FilterInputStream(new ByteArrayInputStream(new byte[1])) {
            @Override
            public void close() {
                closed[0] = true;
            }
        });

        stream.close();

        assertThat(closed[0]).isTrue();
        assertThat(timer.cancelled).isTrue();
    }

    @Test
    void readsSingleBytesAsUnsigned() throws IOException {
        assertThat(guard(new ByteArrayInputStream(new byte[] {(byte) 0xff})).read()).isEqualTo(255);
    }
}
