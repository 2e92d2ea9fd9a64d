package io.fingerpost.broker.collapse;

import io.fingerpost.broker.collapse.FlightPlan.Kind;
import io.fingerpost.broker.collapse.Spool.Next;
import io.fingerpost.broker.origin.OriginFailure;
import io.fingerpost.broker.routing.EdgeRequest;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSinkChannel;

/**
 * One client's body out of a spool, at the client's own speed. If the spool has moved on without it, another flight brings the
 * rest. It lives on the I/O thread of its exchange.
 */
final class SpooledBody {
    /** Writes in a row before others on the thread have their turn. */
    private static final int TURN = 16;
    /** How soon to look again for memory to go on with. */
    private static final long RETRY_MILLIS = 250;

    private final HttpServerExchange exchange;
    private final EdgeRequest request;
    private final Flights flights;
    private final String etag;
    /** The first byte that this client does not get. */
    private final long stop;
    private @Nullable Place place;
    private @Nullable StreamSinkChannel channel;
    private XnioExecutor.@Nullable Key clock;
    private long position;
    private long sentBefore = -1;
    /** Whether it is the client, or our lack of memory, that is waited for, and not the origin. */
    private boolean blocked;
    private boolean lost;
    private boolean triedAgain;
    private boolean over;

    /** Where it reads. */
    private record Place(Flight flight, Spool spool, Spool.Reader reader) {}

    /**
     * @param etag of the representation; empty if there is no other flight to go on with
     * @param stop the first byte that the client does not get; {@link Long#MAX_VALUE} if the end of the body tells
     */
    SpooledBody(HttpServerExchange exchange, EdgeRequest request, Flights flights, String etag, long stop) {
        this.exchange = exchange;
        this.request = request;
        this.flights = flights;
        this.etag = etag;
        this.stop = stop;
    }

    /** Runs {@code step} where all of an exchange's steps run; from any thread. */
    static void onThreadOf(HttpServerExchange exchange, Runnable step) {
        try {
            exchange.getIoThread().execute(step);
        } catch (RejectedExecutionException e) {
            // the broker stops, and the exchange ends with its thread
        }
    }

    /** One to be put into a spool at once, on any thread, so that what it is to read stays there. */
    Spool.Reader readerFrom(long start) {
        return new Spool.Reader(start, () -> onThreadOf(exchange, this::pump));
    }

    /** Begins, when the head is ready to be sent. */
    void begin(Flight flight, Spool spool, Spool.Reader reader) {
        place = new Place(flight, spool, reader);
        position = reader.position();
        if (position == stop) {
            finish();
            return;
        }
        channel = exchange.getResponseChannel();
        channel.getWriteSetter().set(this::writable);
        pump();
    }

    private void writable(StreamSinkChannel to) {
        if (lost) {
            lost = false;
            blocked = false; // what is waited for now is the origin
            to.suspendWrites();
            goOnElsewhere();
        } else {
            pump();
        }
    }

    private void pump() {
        if (over || channel == null) {
            return;
        }
        try {
            for (int i = 0; i < TURN; i++) {
                if (place == null || !step(channel, place)) {
                    return;
                }
            }
            onThreadOf(exchange, this::pump);
        } catch (IOException e) {
            breakOff(); // the client is gone
        }
    }

    /** Writes some; false if there is nothing more to do for now. */
    private boolean step(StreamSinkChannel to, Place from) throws IOException {
        switch (from.spool.next(from.reader)) {
            case Next.Bytes bytes -> {
                return write(to, from, bytes);
            }
            case Next.None _ -> {
                blocked = false;
                to.suspendWrites();
            }
            case Next.Lost _ -> {
                leave();
                lost = true;
                await(to); // nothing is fetched for a client before it takes what it was sent
            }
            case Next.End _ -> end();
            case Next.Broken _ -> breakOff();
        }
        return false;
    }

    private boolean write(StreamSinkChannel to, Place from, Next.Bytes got) throws IOException {
        var bytes = got.bytes();
        bytes.limit((int) Math.min(bytes.limit(), bytes.position() + stop - position));
        int written = 0;
        try {
            written = to.write(bytes);
        } finally {
            from.spool.advance(from.reader, got, written);
        }
        position += written;
        if (position == stop) {
            finish();
            return false;
        }
        if (written == 0) {
            await(to);
            return false;
        }
        return true;
    }

    private void await(StreamSinkChannel to) {
        blocked = true;
        to.resumeWrites();
        if (clock == null) {
            look();
        }
    }

    /** Looks whether anything moved since the last look. */
    private void look() {
        if (over) {
            return;
        }
        if (blocked && position == sentBefore) {
            breakOff();
            return;
        }
        sentBefore = position;
        clock = exchange.getIoThread().executeAfter(this::look, flights.idleTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void goOnElsewhere() {
        if (over) {
            return;
        }
        if (etag.isEmpty()) {
            breakOff();
            return;
        }
        var rest = new FlightPlan(Kind.REST, request, etag, position);
        if (!flights.resume(exchange, new Rest(), rest)) {
            blocked = true;
            exchange.getIoThread().executeAfter(this::goOnElsewhere, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void goOn(Place found) {
        place = found;
        if (over) {
            leave(); // it took too long
        } else {
            pump();
        }
    }

    /** Waits for the flight that brings the rest. */
    private final class Rest implements Waiter {
        @Override
        public boolean serve(Flight flight, Spool spool, OriginHead answer) {
            var reader = readerFrom(position); // which stands still until this is done
            spool.add(reader);
            onThreadOf(exchange, () -> goOn(new Place(flight, spool, reader)));
            return true;
        }

        @Override
        public void goAlone() {
            onThreadOf(exchange, SpooledBody.this::breakOff);
        }

        @Override
        public void decideAgain() {
            goAlone();
        }

        @Override
        public void tryAgain(OriginFailure why) {
            if (triedAgain) {
                fail(why);
            } else {
                triedAgain = true;
                onThreadOf(exchange, SpooledBody.this::goOnElsewhere);
            }
        }

        @Override
        public void fail(OriginFailure why) {
            goAlone();
        }
    }

    /** A body that is shorter than was said must not be taken for a whole one. */
    private void end() {
        if (stop == Long.MAX_VALUE) {
            finish();
        } else {
            breakOff();
        }
    }

    private void finish() {
        close();
        exchange.endExchange();
    }

    /** Half a body must not be taken for a whole one: this resets the stream if it is one of HTTP/2, and else the connection. */
    private void breakOff() {
        if (over) {
            return;
        }
        close();
        IoUtils.safeClose(exchange.getConnection());
        exchange.endExchange();
    }

    private void close() {
        over = true;
        if (clock != null) {
            clock.remove();
        }
        leave();
    }

    private void leave() {
        if (place != null) {
            place.flight.leave(place.reader);
            place = null;
        }
    }
}
