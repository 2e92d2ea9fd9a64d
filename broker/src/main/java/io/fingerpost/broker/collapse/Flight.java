package io.fingerpost.broker.collapse;

import io.fingerpost.broker.origin.Learner;
import io.fingerpost.broker.origin.Lesson;
import io.fingerpost.broker.origin.OriginFailure;
import io.fingerpost.broker.origin.OriginFetch;
import io.fingerpost.registry.representation.ResourceId;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
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
    private boolean retries;
    private long position;
    private long length = Long.MAX_VALUE;
    private boolean shared;
    private boolean confirmed;
    private boolean over;

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

    /** What those who wait would have asked for is known. */
    synchronized void confirm() {
        land();
        takeWaiting().forEach(Waiter::decideAgain);
    }

    /** Takes on one more, if this flight is or may turn out to be right for it. */
    synchronized boolean join(Waiter waiter, FlightPlan its) {
        if (over) {
            return false;
        }
        if (answer == null) {
            // The first has nobody to wait for.
            return plan.startsLike(its) && (waiting.isEmpty() || !flights.unshared().contains(its))
                    && waiting.add(waiter);
        }
        if (!shared || spool == null || !isRightFor(its, answer) || !waiter.serve(this, spool, answer)) {
            return false;
        }
        if (its.kind() != FlightPlan.Kind.REST) {
            flights.countCollapsed();
        }
        if (lingering != null && !spool.isUnread()) {
            stopLingering(lingering);
        }
        return true;
    }

    private boolean isRightFor(FlightPlan its, OriginHead head) {
        Lesson lesson = head.lesson();
        if (its.kind() == FlightPlan.Kind.REST) {
            // Who has half of the bytes needs the rest of the same, current or not.
            String etag = lesson == null ? plan.etag() : lesson.etag();
            return etag.equals(its.etag()) && Objects.requireNonNull(spool).reaches(its.start());
        }
        return lesson != null && flights.isFresh(lesson) && learner.isCurrent(plan.resource(), lesson.etag());
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
            if (!fields.contains(Headers.ETAG)) {
                fields.put(Headers.ETAG, plan.etag()); // the only one that was asked about
            }
            learner.confirm(plan.request(), fields);
            confirm();
        } else {
            headOfWhole(status, fields);
        }
    }

    private void headOfWhole(int status, HeaderMap fields) {
        var lesson = learner.study(plan.request(), status, fields);
        if (lesson.isEmpty()) {
            learner.hear(plan.request(), true, status, fields);
        }
        answer = new OriginHead(status, fields, lesson.orElse(null), flights.now());
        length = answer.length();
        var waiters = takeWaiting();
        shared = lesson.isPresent() && answer.isForEveryone();
        flights.unshared().note(plan, shared);
        if (shared) {
            open(new Spool.Bounds(0, flights.mostBlocks(), true));
            serve(waiters);
        } else if (plan.isRightForFirst(status)) {
            flights.remove(this);
            open(new Spool.Bounds(0, flights.leastBlocks(), false));
            serve(waiters.subList(0, 1));
            waiters.subList(1, waiters.size()).forEach(Waiter::goAlone);
        } else {
            cancel();
            waiters.forEach(Waiter::goAlone);
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
        open(new Spool.Bounds(start, flights.mostBlocks(), false));
        serve(takeWaiting());
    }

    private void open(Spool.Bounds bounds) {
        spool = new Spool(flights.memory(), Objects.requireNonNull(firstBlock), System::nanoTime, bounds,
                Objects.requireNonNull(fetch)::resume);
        firstBlock = null;
    }

    private void serve(List<Waiter> waiters) {
        var from = Objects.requireNonNull(spool);
        var head = Objects.requireNonNull(answer);
        for (int i = 0; i < waiters.size(); i++) {
            if (!waiters.get(i).serve(this, from, head)) {
                waiters.get(i).goAlone();
            } else if (i > 0 && plan.kind() != FlightPlan.Kind.REST) {
                flights.countCollapsed();
            }
        }
        if (from.isUnread()) {
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
        if (room == null && spool.wantsBlock() && !retries) {
            retries = true;
            thread.executeAfter(this::retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
        return room;
    }

    private void retry() {
        retries = false;
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
        if (length != Long.MAX_VALUE && position < length) {
            failed(OriginFailure.CONNECTION_TERMINATED);
            return;
        }
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
        var waiters = takeWaiting();
        // An origin that refuses connections or is silent is down for everybody. A hang-up is one request's bad luck: the
        // others would not have met it, and those that try again share a flight again.
        boolean spares = why == OriginFailure.CONNECTION_TERMINATED;
        for (int i = 0; i < waiters.size(); i++) {
            if (i > 0 && spares) {
                waiters.get(i).tryAgain(why);
            } else {
                waiters.get(i).fail(why);
            }
        }
        if (spool != null) {
            spool.finish(false);
            if (spool.isUnread()) {
                close();
            }
        }
    }

    /** A reader has what it wanted, gave up, or was lost. */
    synchronized void leave(Spool.Reader reader) {
        if (!Objects.requireNonNull(spool).remove(reader) || lingering != null) {
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
