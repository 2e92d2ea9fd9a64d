package io.fingerpost.agent.cli;

import io.fingerpost.agent.fetch.Progress;
import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/** One line that tells how far a download is: bytes, rate, who sends it, and the time that is left. */
final class ProgressBar {
    private static final int WIDTH = 20;
    /** The rate is that of the last three seconds. */
    private static final long RATE_MILLIS = 3_000;
    private static final String ERASE = "\r\033[K";

    private final PrintStream out;
    private final Deque<Progress> recent = new ArrayDeque<>();

    ProgressBar(PrintStream out) {
        this.out = out;
    }

    /** Shows how things are now; the line is overwritten by the next. */
    void show(Progress now) {
        recent.addLast(now);
        while (recent.size() > 1 && now.millis() - recent.getFirst().millis() > RATE_MILLIS) {
            recent.removeFirst();
        }
        out.print(ERASE + line(now));
        out.flush();
    }

    private String line(Progress now) {
        if (now.size() < 1) {
            return "%s  %s/s".formatted(Bytes.text(now.done()), Bytes.text(rate(recent.getFirst(), now)));
        }
        long percent = 100 * now.done() / now.size();
        int filled = (int) (WIDTH * percent / 100);
        long rate = rate(recent.getFirst(), now);
        return "[%s%s] %3d %%  %s of %s  %s/s%s%s".formatted("#".repeat(filled), ".".repeat(WIDTH - filled), percent,
                Bytes.text(now.done()), Bytes.text(now.size()), Bytes.text(rate), sources(now), left(now, rate));
    }

    private static long rate(Progress first, Progress now) {
        return Math.max(0, 1000 * (now.done() - first.done()) / Math.max(1, now.millis() - first.millis()));
    }

    private static String sources(Progress now) {
        return now.peers() == 0 ? "" : "  %d %% from %s".formatted(now.peerShare(), peers(now));
    }

    private static String peers(Progress now) {
        return now.peers() == 1 ? "1 peer" : now.peers() + " peers";
    }

    private static String left(Progress now, long rate) {
        if (rate == 0 || now.done() >= now.size()) {
            return "";
        }
        long seconds = Math.ceilDiv(now.size() - now.done(), rate);
        return seconds < 3600
                ? "  %d:%02d left".formatted(seconds / 60, seconds % 60)
                : "  %d:%02d:%02d left".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    /** The last word: what it was altogether. */
    void finish(Progress end) {
        double seconds = Math.max(1, end.millis()) / 1e3;
        String from = end.fromPeers() + end.fromOrigin() == 0
                ? "from the store"
                : end.peers() == 0
                        ? "from the origin"
                        : "%d %% from %s, verified".formatted(end.peerShare(), peers(end));
        out.printf(Locale.ROOT, "%s%s in %.1f s, %s/s, %s%n", ERASE, Bytes.text(end.done()), seconds,
                Bytes.text((long) (end.done() / seconds)), from);
    }
}
