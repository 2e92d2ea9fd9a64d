package io.fingerpost.registry.durable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;

/** Lets a second thread read and decode while this one does what was read: a large table is back in half the time. */
final class ReadAhead {
    private static final int STEPS = 256;
    private static final int LISTS = 32;

    private final BlockingQueue<List<Runnable>> ready = new ArrayBlockingQueue<>(LISTS);
    private List<Runnable> next = new ArrayList<>(STEPS);

    private ReadAhead() {}

    /**
     * Does, in their order and in this thread, what {@code reader} hands over from another one.
     *
     * @throws IOException if the reader failed
     */
    static void run(Consumer<Consumer<Runnable>> reader) throws IOException {
        var ahead = new ReadAhead();
        var failure = new ArrayList<Throwable>();
        Thread thread = Thread.ofPlatform().name("registry-restore").daemon().start(() -> ahead.read(reader, failure));
        try {
            for (List<Runnable> steps = ahead.ready.take(); !steps.isEmpty(); steps = ahead.ready.take()) {
                steps.forEach(Runnable::run);
            }
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        if (!failure.isEmpty()) {
            throw new IOException("it cannot be read", failure.getFirst());
        }
    }

    private void read(Consumer<Consumer<Runnable>> reader, List<Throwable> failure) {
        try {
            try {
                reader.accept(this::add);
            } catch (RuntimeException | InternalError e) { // the latter when the disk fails under a file that is mapped
                failure.add(e);
            }
            handOver();
            ready.put(List.of());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody does
        }
    }

    private void add(Runnable step) {
        next.add(step);
        if (next.size() == STEPS) {
            try {
                handOver();
            } catch (InterruptedException e) {
                throw new IllegalStateException("nobody interrupts this thread", e);
            }
        }
    }

    private void handOver() throws InterruptedException {
        if (!next.isEmpty()) {
            ready.put(next);
            next = new ArrayList<>(STEPS);
        }
    }
}
