package io.fingerpost.broker.collapse;

import io.fingerpost.broker.origin.Learner;
import io.fingerpost.broker.origin.Lesson;
import io.fingerpost.broker.origin.OriginFailure;
import io.fingerpost.broker.origin.OriginFetch;
import io.fingerpost.registry.representation.ResourceId;
import io.undertow.util.HeaderMap;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * One fetch from the origin, and all who wait for it or read what it brings.
 *
 * <p>Until the answer's head is there, nobody knows whether it may be shared. If it may, all are served from the spool; if not,
 * the one whose request it was gets it, and the others go their own ways.
 */
final class Flight implements OriginFetch.Listener {
    private static final long RETRY_MILLIS = 100;
    /** Where the end of a body of known length is looked for: there is nothing more to come. */
    private final ByteBuffer nothing = ByteBuffer.allocate(1);

    private final FlightPlan plan;
    private final Flights flights;
    private final Learner learner;
    private final XnioIoThread thread;
    private final List<Waiter> waiting = new ArrayList<>();
    private final Runnable giveWay = this::giveWay;
    private @Nullable ByteBuffer firstBlock;
    private @Nullable OriginFetch fetch;
    private @Nullable Spool spool;
    private @Nullable ByteBuffer room;
    private @Nullable OriginHead answer;
    private XnioExecutor.@Nullable Key lingering;
    private long position;
    private long length = Long.MAX_VALUE;
    private boolean retrying;
    private boolean shared;
    private boolean confirmed;
    private boolean over;

    /** A request that waits for the head. Exactly one of these is called, on any thread, and must not wait. */
    interface Waiter {
        /** Where it will begin to read. */
        long position();

        /**
         * Read from {@code spool}.
         *
         * @return whether it does
         */
        boolean serve(Flight flight, Spool spool, OriginHead answer);

        /** The answer is not for sharing: ask the origin yourself. */
        void goAlone();

        /** What was known has been confirmed: it is to be decided anew. */
        void decideAgain();

        /** There is no answer. */
        void fail(OriginFailure why);
    }

    Flight(FlightPlan plan, Flights flights, Learner learner, XnioIoThread thread, ByteBuffer firstBlock) {
        this.plan = plan;
        this.flights = flights;
        this.learner = learner;
        this.thread = thread;
        this.firstBlock = firstBlock;
    }

    ResourceId resource() {
        return plan.resource();
    }

    synchronized void start(OriginFetch started) {
        fetch = started;
        thread.execute(started::start);
    }

    /** It was never published. */
    synchronized void discard() {
        waiting.clear();
        land();
    }

    /** Takes on one more, if this flight is or may turn out to be right for it. */
    synchronized boolean join(Waiter waiter, FlightPlan its) {
        if (over) {
            return false;
        }
        if (answer == null) {
            return plan.startsLike(its, waiter.position()) && waiting.add(waiter);
        }
        if (!shared || spool == null || !spool.reaches(waiter.position()) || !isCurrent(its)) {
            return false;
        }
        if (lingering != null) {
            stopLingering(lingering);
        }
        return waiter.serve(this, spool, answer);
    }

    private boolean isCurrent(FlightPlan its) {
        Lesson lesson = Objects.requireNonNull(answer).lesson();
        if (lesson == null) {
            return plan.etag().equals(its.etag()); // readers that were lost, and go on with the same bytes
        }
        return flights.isFresh(lesson) && learner.isCurrent(plan.resource(), lesson.etag());
    }

    @Override
    public synchronized void head(int status, HeaderMap fields) {
        switch (plan.kind()) {
            case REVALIDATION -> headOfRevalidation(status, fields);
            case REST -> headOfRest(status, fields);
            case WHOLE -> headOfWhole(status, fields);
        }
    }

    private void headOfRevalidation(int status, HeaderMap fields) {
        if (status == 304) {
            confirmed = true;
            learner.confirm(plan.resource(), fields);
            land();
            takeWaiting().forEach(Waiter::decideAgain);
        } else {
            headOfWhole(status, fields);
        }
    }

    private void headOfWhole(int status, HeaderMap fields) {
        var lesson = learner.study(plan.resource(), status, fields);
        answer = new OriginHead(status, fields, lesson.orElse(null), flights.now());
        length = answer.length();
        if (lesson.isPresent() && answer.isForEveryone()) {
            shared = true;
            open(new Spool.Bounds(0, flights.mostBlocks(), true));
            serve(takeWaiting());
        } else if (plan.isOneClientsOwn()) {
            if (lesson.isEmpty()) {
                learner.hear(plan.request(), true, status, fields);
            }
            flights.remove(this);
            open(new Spool.Bounds(0, flights.leastBlocks(), false));
            var waiters = takeWaiting();
            serve(waiters.subList(0, 1));
            waiters.subList(1, waiters.size()).forEach(Waiter::goAlone);
        } else {
            cancel();
            takeWaiting().forEach(Waiter::goAlone);
        }
    }

    /** Those who read the rest have their head long since; what follows has to be the same bytes. */
    private void headOfRest(int status, HeaderMap fields) {
        answer = new OriginHead(status, fields, null, flights.now());
        long start = plan.startOfRest(status, fields);
        if (start < 0) {
            cancel();
            takeWaiting().forEach(waiter -> waiter.fail(OriginFailure.CONNECTION_TERMINATED));
            return;
        }
        shared = true;
        position = start;
        length = answer.length() == Long.MAX_VALUE ? Long.MAX_VALUE : start + answer.length();
        open(new Spool.Bounds(start, flights.mostBlocks(), true));
        serve(takeWaiting());
    }

    private void open(Spool.Bounds bounds) {
        spool = new Spool(flights.memory(), Objects.requireNonNull(firstBlock), System::nanoTime, bounds,
                Objects.requireNonNull(fetch)::resume);
        firstBlock = null;
    }

    private void serve(List<Waiter> waiters) {
        long served = waiters.stream()
                .filter(waiter -> waiter.serve(this, Objects.requireNonNull(spool), Objects.requireNonNull(answer)))
                .count();
        if (served == 0) {
            cancel();
        }
    }

    private List<Waiter> takeWaiting() {
        var taken = List.copyOf(waiting);
        waiting.clear();
        return taken;
    }

    @Override
    public synchronized @Nullable ByteBuffer room() {
        room = null;
        if (confirmed || position == length) {
            return nothing.clear();
        }
        if (over || spool == null) {
            return null; // about to be cancelled
        }
        room = spool.room();
        if (room == null && spool.wantsBlock() && !retrying) {
            retrying = true; // one timer at a time, for readers resume the fetch as well
            thread.executeAfter(this::retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
        return room;
    }

    private void retry() {
        retrying = false;
        Objects.requireNonNull(fetch).resume();
    }

    @Override
    public void filled(int bytes) {
        var into = room;
        if (into == null) {
            return;
        }
        var head = Objects.requireNonNull(answer);
        if (head.lesson() != null) {
            // Before anybody gets the last bytes: whoever has them all may ask for what was learned from them.
            head.lesson().take(into.duplicate().flip().position(into.position() - bytes));
        }
        position += bytes;
        flights.countOriginBytes(bytes);
        var to = Objects.requireNonNull(spool);
        to.filled(bytes);
        if (position == length) {
            to.finish(true);
        }
    }

    @Override
    public synchronized void end() {
        if (spool != null) {
            spool.finish(true);
            if (spool.isUnread() && lingering == null) {
                rest();
            }
        }
    }

    @Override
    public synchronized void failed(OriginFailure why) {
        land();
        takeWaiting().forEach(waiter -> waiter.fail(why));
        if (spool != null) {
            spool.finish(false);
            if (spool.isUnread()) {
                close();
            }
        }
    }

    /** A reader has what it wanted, or gave up. */
    synchronized void leave(Spool.Reader reader) {
        if (!Objects.requireNonNull(spool).remove(reader)) {
            return;
        }
        if (over) {
            thread.execute(this::close);
        } else {
            rest();
        }
    }

    /** Nobody reads: what is complete stays for a moment, for the rest of a rush; what is not is given up. */
    private void rest() {
        boolean whole = shared && spool != null && spool.isComplete() && spool.reaches(0);
        if (whole && flights.lingerMillis() > 0) {
            flights.memory().addIdle(giveWay);
            lingering = thread.executeAfter(giveWay, flights.lingerMillis(), TimeUnit.MILLISECONDS);
        } else {
            cancel();
        }
    }

    private void stopLingering(XnioExecutor.Key timer) {
        timer.remove();
        lingering = null;
        flights.memory().removeIdle(giveWay);
    }

    private synchronized void giveWay() {
        if (lingering != null) {
            stopLingering(lingering);
            land();
            close();
        }
    }

    private void cancel() {
        land();
        Objects.requireNonNull(fetch).cancel();
        thread.execute(this::close); // after the fetch was told, for it may be about to write
    }

    private synchronized void close() {
        if (spool != null) {
            spool.close();
        }
    }

    /** From now on nobody joins. */
    private void land() {
        over = true;
        flights.remove(this);
        if (spool == null && firstBlock != null) {
            flights.memory().giveBack(firstBlock);
            firstBlock = null;
        }
    }
}
