package io.fingerpost.agent.serve;

import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.api.WireJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Counts the bytes that were sent in this calendar month (UTC), over restarts too: a file holds what was counted a few seconds
 * ago. A crash forgets those seconds; a file that is missing or damaged counts as 0.
 */
public final class MonthlyCount implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MonthlyCount.class);
    private static final int MAX_FILE = 1_000;

    private final Path file;
    private final InstantSource clock;
    private final Duration interval;
    private final Thread thread = Thread.ofVirtual().name("monthly-count").unstarted(this::run);
    /** Guarded by this. */
    private Counted counted;
    private volatile @Nullable Counted saved;
    private volatile boolean troubled;

    /** What the file says. */
    private record Counted(YearMonth month, long bytes) {
        private Counted {
            if (bytes < 0 || bytes > UploadReport.MAX_BYTES) {
                throw new IllegalArgumentException("bytes must be 0 to 2^53, was " + bytes);
            }
        }

        Counted plus(long more) {
            return new Counted(month, Math.min(bytes + more, UploadReport.MAX_BYTES));
        }
    }

    private MonthlyCount(Path file, InstantSource clock, Duration interval) {
        this.file = file;
        this.clock = clock;
        this.interval = interval;
        this.counted = new Counted(now(), 0);
    }

    /**
     * Goes on where {@code file} stands.
     *
     * @param interval how often the file is written while bytes are sent
     */
    public static MonthlyCount open(Path file, InstantSource clock, Duration interval) {
        var count = new MonthlyCount(file, clock, interval);
        count.read();
        count.thread.start();
        return count;
    }

    private synchronized void read() {
        try (var in = Files.newInputStream(file)) {
            counted = WireJson.read(WireJson.strict(), in.readNBytes(MAX_FILE), Counted.class);
            saved = counted;
            if (counted.month.isAfter(now())) {
                LOG.warn("'{}' counts for {}, and goes on with that until the clock is there", file, counted.month);
            }
        } catch (NoSuchFileException e) {
            LOG.info("nothing is known of what was sent this month; counting from 0");
        } catch (IOException e) {
            LOG.warn("'{}' cannot be read; counting what is sent this month from 0: {}", file, e.getMessage());
        } catch (JacksonException e) {
            LOG.warn("'{}' is damaged; counting what is sent this month from 0", file);
        }
    }

    synchronized void add(long bytes) {
        rollOver();
        counted = counted.plus(bytes);
    }

    /** What was sent in this month. */
    public synchronized long bytes() {
        rollOver();
        return counted.bytes;
    }

    /**
     * Begins anew when the month is over. A clock that goes back begins none: that of a machine without a battery starts in 1970,
     * until the network tells it better.
     */
    private void rollOver() {
        var now = now();
        if (now.isAfter(counted.month)) {
            counted = new Counted(now, 0);
        }
    }

    private YearMonth now() {
        return YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC));
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(interval);
                save();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private void save() {
        Counted current;
        synchronized (this) {
            current = counted;
        }
        if (current.equals(saved)) {
            return;
        }
        try {
            write(WireJson.strict().writeValueAsBytes(current));
            saved = current;
            troubled = false;
        } catch (IOException e) {
            if (!troubled && !Thread.currentThread().isInterrupted()) { // else it is being closed, which writes again
                LOG.warn("cannot keep what was sent this month in '{}': {}", file, e.toString());
                troubled = true; // said once, tried again
            }
        }
    }

    private void write(byte[] content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false); // before the rename, or a power cut could leave an empty file
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Writes what has not been written yet. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        save();
    }
}
