package io.fingerpost.agent.cli;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;

/** Shows on a terminal how far a download is; silent where there is none, or when the size is not known. */
final class ProgressBar {
    private static final int WIDTH = 30;
    private static final long INTERVAL_NANOS = 100_000_000;

    private final PrintStream out;
    private final long total;
    private final boolean shown;
    private final long start = System.nanoTime();
    private long done;
    private long lastShown;

    /** @param total bytes, or less than 1 if that is not known */
    ProgressBar(PrintStream out, long total) {
        this.out = out;
        this.total = total;
        this.shown = total > 0 && Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    void add(long bytes) {
        done += bytes;
        long now = System.nanoTime();
        if (shown && now - lastShown > INTERVAL_NANOS) {
            lastShown = now;
            show();
        }
    }

    private void show() {
        int filled = (int) (WIDTH * done / total);
        double seconds = (System.nanoTime() - start) / 1e9;
        out.printf(Locale.ROOT, "\r[%s%s] %3d %%  %s of %s  %s/s ", "#".repeat(filled), ".".repeat(WIDTH - filled),
                100 * done / total, Bytes.text(done), Bytes.text(total),
                Bytes.text((long) (done / Math.max(seconds, 0.001))));
        out.flush();
    }

    void finish() {
        if (shown) {
            show();
            out.println();
        }
    }
}
