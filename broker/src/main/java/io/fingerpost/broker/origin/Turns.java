package io.fingerpost.broker.origin;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets pieces come from the origin a few at a time ({@link TurnWidth}) instead of side by side: all but the last are there sooner, so that those
 * who got them can pass them on, and the last no later. The others wait here, in the order in which they came.
 *
 * <p>Nobody is held up for long by another: a turn that lasts, since its client is slow, makes room for the next, and who has waited
 * for {@link #LONGEST_WAIT} goes. For I/O threads: it only looks at memory.
 */
final class Turns {
    static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(1);
    /** A turn that has lasted so many times longer than usual counts no more, but not before the least. */
    private static final int LONG = 4;
    private static final double LEAST_LONG = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int MOST_WAITING = 4_096;
    /** Of a duration in what is usual. */
    private static final double WEIGHT = 0.125;

    private final LongSupplier nanoTime;
    /** All below guarded by this. */
    private final TurnWidth width = new TurnWidth();
    private final Deque<Turn> waiting = new ArrayDeque<>();
    /** The first to begin first. */
    private final Set<Turn> underWay = new LinkedHashSet<>();
    private double usual = LONGEST_WAIT / (double) LONG;

    /** @param nanoTime as {@link System#nanoTime} */
    Turns(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** One that waits for its turn, has it, or had it. */
    final class Turn {
        private final Executor executor;
        private final Runnable go;
        private final long came;
        private long began;

        Turn(Executor executor, Runnable go, long came) {
            this.executor = executor;
            this.go = go;
            this.came = came;
        }

        /** All is there, or nobody wants it any more; to be called once, also if its turn has not come yet. */
        void end(long bytes) {
            Turns.this.end(this, bytes);
        }
    }

    /** Has {@code go} executed when it is its turn. Somebody has to call {@link #look} now and then as long as anybody {@link #isAwaited waits}. */
    Turn take(Executor executor, Runnable go) {
        Turn turn;
        List<Turn> next;
        synchronized (this) {
            long now = nanoTime.getAsLong();
            turn = new Turn(executor, go, now);
            waiting.add(turn);
            next = next(now);
        }
        begin(next);
        return turn;
    }

    private void end(Turn turn, long bytes) {
        List<Turn> next;
        synchronized (this) {
            long now = nanoTime.getAsLong();
            int before = underWay.size();
            if (underWay.remove(turn)) {
                learn(now - turn.began);
                width.ended(bytes, now, before, !waiting.isEmpty());
            } else {
                waiting.remove(turn);
            }
            next = next(now);
        }
        begin(next);
    }

    /** Lets those go who have waited long enough. */
    void look() {
        List<Turn> next;
        synchronized (this) {
            next = next(nanoTime.getAsLong());
        }
        begin(next);
    }

    private List<Turn> next(long now) {
        makeRoom(now);
        var next = new ArrayList<Turn>();
        for (Turn first = waiting.peek(); first != null && mayGo(first, now); first = waiting.peek()) {
            waiting.remove();
            first.began = now;
            underWay.add(first);
            next.add(first);
        }
        return next;
    }

    private void makeRoom(long now) {
        double most = Math.max(LEAST_LONG, LONG * usual);
        for (var first = underWay.iterator(); first.hasNext();) {
            long took = now - first.next().began;
            if (took <= most) {
                return;
            }
            first.remove();
            learn(took);
        }
    }

    private void learn(long took) {
        usual = Math.min((double) LONGEST_WAIT, usual + ((double) took - usual) * WEIGHT);
    }

    private boolean mayGo(Turn first, long now) {
        return underWay.size() < width.width() || now - first.came >= LONGEST_WAIT || waiting.size() > MOST_WAITING;
    }

    private static void begin(List<Turn> next) {
        next.forEach(turn -> turn.executor.execute(turn.go));
    }

    synchronized boolean isAwaited() {
        return !waiting.isEmpty();
    }

    /** How many pieces may come at a time. */
    synchronized int width() {
        return width.width();
    }

    /** How many wait for their turn. */
    synchronized int waiting() {
        return waiting.size();
    }
}
