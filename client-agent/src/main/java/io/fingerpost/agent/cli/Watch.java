package io.fingerpost.agent.cli;

import io.fingerpost.agent.fetch.Progress;
import java.io.Console;
import java.util.Optional;
import java.util.function.Supplier;

/** Looks after a download while it lasts, and shows on a terminal how far it is. Silent where there is none. */
final class Watch implements AutoCloseable {
    private static final long INTERVAL_MILLIS = 200;

    private final ProgressBar bar = new ProgressBar(System.err);
    private final Supplier<Progress> progress;
    private final Thread thread;

    private Watch(Supplier<Progress> progress) {
        this.progress = progress;
        this.thread = Thread.ofPlatform().daemon().name("progress").unstarted(this::run);
    }

    static Watch over(Supplier<Progress> progress) {
        var watch = new Watch(progress);
        if (isTerminal()) {
            watch.thread.start();
        }
        return watch;
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    }

    private void run() {
        try {
            while (true) {
                bar.show(progress.get());
                Thread.sleep(INTERVAL_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    /** All is there. */
    void finish() {
        close();
        if (isTerminal()) {
            bar.finish(progress.get());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
