package io.fingerpost.deploy.demo;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;

/** What the demo shows, and whether all of it was true. */
final class Stage {
    private static final int BAR = 40;

    private final PrintStream out = System.out;
    private final boolean terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    private boolean allTrue = true;
    private int lastPercent = -1;

    void scene(String title) {
        out.printf("%n== %s%n", title);
    }

    void say(String text) {
        out.println("   " + text);
    }

    /** Says something that has to be true. */
    void claim(boolean holds, String text) {
        out.println((holds ? "   ok    " : "   WRONG ") + text);
        allTrue &= holds;
    }

    /** Shows how far a long work is: a bar on a terminal, a line for every tenth elsewhere. */
    synchronized void progress(long done, long total, String what) {
        int percent = (int) (100 * done / total);
        if (percent == lastPercent || !terminal && percent % 10 != 0) {
            return;
        }
        lastPercent = percent;
        int filled = BAR * percent / 100;
        String bar = "[" + "#".repeat(filled) + ".".repeat(BAR - filled) + "] " + percent + " %  " + what;
        if (terminal) {
            out.print("\r   " + bar + (percent == 100 ? "\n" : ""));
            out.flush();
        } else {
            out.println("   " + bar);
        }
    }

    void row(String name, String value) {
        out.printf(Locale.ROOT, "   %-38s %18s%n", name, value);
    }

    boolean allTrue() {
        return allTrue;
    }

    static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
