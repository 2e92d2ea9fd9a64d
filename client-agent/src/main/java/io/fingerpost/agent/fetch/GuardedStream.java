package io.fingerpost.agent.fetch;

import io.fingerpost.contract.api.FailureReport.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A body that is closed from outside when too little of it arrives: a read of an HTTP client's stream has no timeout of its
 * own.
 */
final class GuardedStream extends InputStream {
    private final InputStream body;
    private final long minBytesPerWindow;
    private final ScheduledFuture<?> watch;
    private volatile long received;
    private volatile boolean stalled;
    private long receivedBefore;

    /**
     * @param window time in which...
     * @param minBytesPerWindow ...at least so many bytes have to arrive
     */
    GuardedStream(InputStream body, Duration window, long minBytesPerWindow, ScheduledExecutorService timer) {
        this.body = body;
        this.minBytesPerWindow = minBytesPerWindow;
        this.watch = timer.scheduleWithFixedDelay(this::check, window.toMillis(), window.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void check() {
        if (received - receivedBefore < minBytesPerWindow) {
            stalled = true;
            closeQuietly();
        }
        receivedBefore = received;
    }

    private void closeQuietly() {
        watch.cancel(false);
        try {
            body.close();
        } catch (IOException e) {
            // it is given up anyway
        }
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread reads; the timer only looks
    public int read(byte[] target, int offset, int length) throws IOException {
        int count;
        try {
            count = body.read(target, offset, length);
        } catch (IOException e) {
            throw stalled
                    ? new SourceFailed(Phase.TIMEOUT, "too slow", e)
                    : new SourceFailed(Phase.SHORT, "connection broke: " + e.getMessage(), e);
        }
        if (stalled) {
            throw new SourceFailed(Phase.TIMEOUT, "too slow");
        }
        received += Math.max(0, count);
        return count;
    }

    @Override
    public void close() {
        closeQuietly();
    }
}
