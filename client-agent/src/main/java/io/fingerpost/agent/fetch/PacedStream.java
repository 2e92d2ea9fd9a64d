package io.fingerpost.agent.fetch;

import io.fingerpost.contract.api.FailureReport.Phase;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;

/** A body of which too little must not arrive. For one whose reads end by themselves when nothing comes for a window. */
final class PacedStream extends FilterInputStream {
    private final long window;
    private final long minBytesPerWindow;
    private long windowEnd;
    private long received;

    /**
     * @param window time in which...
     * @param minBytesPerWindow ...at least so many bytes have to arrive
     */
    PacedStream(InputStream body, Duration window, long minBytesPerWindow) {
        super(body);
        this.window = window.toNanos();
        this.minBytesPerWindow = minBytesPerWindow;
        this.windowEnd = System.nanoTime() + this.window;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count;
        try {
            count = in.read(target, offset, length);
        } catch (SocketTimeoutException e) {
            throw new SourceFailed(Phase.TIMEOUT, "too slow", e);
        } catch (IOException e) {
            throw new SourceFailed(Phase.SHORT, "connection broke: " + e.getMessage(), e);
        }
        received += Math.max(0, count);
        long now = System.nanoTime();
        if (now - windowEnd > 0) {
            if (received < minBytesPerWindow && count >= 0) {
                throw new SourceFailed(Phase.TIMEOUT, "too slow");
            }
            received = 0;
            windowEnd = now + window;
        }
        return count;
    }
}
