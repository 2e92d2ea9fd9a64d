package io.fingerpost.broker.collapse;

import io.fingerpost.broker.collapse.FlightPlan.Kind;
import io.fingerpost.broker.collapse.Spool.Next;
import io.fingerpost.broker.origin.Lesson;
import io.fingerpost.broker.origin.OriginFailure;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.contract.http.ByteRange.FromTo;
import io.fingerpost.contract.http.ByteRange.Span;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSinkChannel;

/** One client's answer out of a spool, at the client's own speed; lives on the I/O thread of its exchange. */
final class SpooledAnswer implements Flight.Waiter {
    /** Writes in a row before others on the thread have their turn. */
    private static final int TURN = 16;
    private static final HttpString REPR_DIGEST = new HttpString(FieldNames.REPR_DIGEST);

    private final HttpServerExchange exchange;
    private final EdgeRequest request;
    private final Flights flights;
    private final FlightPlan plan;
    private final Revalidation revalidation;
    private @Nullable Flight flight;
    private @Nullable Spool spool;
    private Spool.@Nullable Reader reader;
    private @Nullable StreamSinkChannel channel;
    private XnioExecutor.@Nullable Key clock;
    private String etag = "";
    private long sentBefore = -1;
    /** The first byte that this client does not get. */
    private long stop;
    private boolean blocked;
    private boolean over;

    SpooledAnswer(HttpServerExchange exchange, EdgeRequest request, Flights flights, FlightPlan plan,
            Revalidation revalidation) {
        this.exchange = exchange;
        this.request = request;
        this.flights = flights;
        this.plan = plan;
        this.revalidation = revalidation;
    }

    HttpServerExchange exchange() {
        return exchange;
    }

    @Override
    public long position() {
        if (reader != null) {
            return reader.position();
        }
        return plan.kind() == Kind.WHOLE && request.range() instanceof FromTo(long first, _) ? first : 0;
    }

    @Override
    public boolean serve(Flight its, Spool from, OriginHead head) {
        if (reader != null) {
            goOnIn(its, from, reader.position());
            exchange.getIoThread().execute(this::pump);
            return true;
        }
        Span span = head.lesson() == null ? null : request.range().resolve(head.length());
        boolean wanted = request.method().equals("GET")
                && (head.lesson() == null || span != null && from.reaches(span.first()));
        if (!wanted) {
            goAlone(); // a HEAD, or a part that is not here
            return false;
        }
        stop = span == null ? head.length() : span.last() + 1;
        goOnIn(its, from, span == null ? 0 : span.first());
        exchange.getIoThread().execute(() -> begin(head, span));
        return true;
    }

    private void goOnIn(Flight its, Spool from, long position) {
        flight = its;
        spool = from;
        reader = new Spool.Reader(position, () -> exchange.getIoThread().execute(this::pump));
        from.add(reader);
    }

    private void begin(OriginHead head, @Nullable Span span) {
        revalidation.fromOrigin();
        var fields = exchange.getResponseHeaders();
        for (HeaderValues values : head.fields()) {
            fields.addAll(values.getHeaderName(), values);
        }
        exchange.setStatusCode(head.status());
        if (head.lesson() != null) {
            share(head, head.lesson(), span);
        }
        boolean bodiless = head.status() == 204 || head.status() == 304 || stop == 0;
        if (bodiless) {
            finish();
            return;
        }
        channel = exchange.getResponseChannel();
        channel.getWriteSetter().set(_ -> pump());
        pump();
    }

    private void share(OriginHead head, Lesson lesson, @Nullable Span span) {
        etag = lesson.etag();
        var fields = exchange.getResponseHeaders();
        long age = head.age(flights.now());
        if (age > 0) {
            fields.put(Headers.AGE, age);
        }
        if (!fields.contains(REPR_DIGEST)) {
            lesson.learned().ifPresent(digest -> fields.put(REPR_DIGEST, DigestField.format(digest)));
        }
        if (span != null && span.length() < head.length()) {
            exchange.setStatusCode(206);
            fields.put(Headers.CONTENT_RANGE, span.contentRange(head.length()));
            fields.put(Headers.CONTENT_LENGTH, span.length());
        }
    }

    private void pump() {
        if (over || channel == null || spool == null) {
            return;
        }
        try {
            for (int i = 0; i < TURN; i++) {
                if (!step(channel)) {
                    return;
                }
            }
            exchange.getIoThread().execute(this::pump);
        } catch (IOException e) {
            breakOff(); // the client is gone
        }
    }

    /** Writes some; false if there is nothing more to do for now. */
    private boolean step(StreamSinkChannel to) throws IOException {
        var from = Objects.requireNonNull(spool);
        var its = Objects.requireNonNull(reader);
        return switch (from.next(its)) {
            case Next.Bytes bytes -> write(to, from, its, bytes);
            case Next.None _ -> {
                blocked = false;
                to.suspendWrites();
                yield false;
            }
            case Next.End _ -> {
                finish();
                yield false;
            }
            case Next.Lost _ -> {
                to.suspendWrites();
                goOnElsewhere();
                yield false;
            }
            case Next.Broken _ -> {
                breakOff();
                yield false;
            }
        };
    }

    private boolean write(StreamSinkChannel to, Spool from, Spool.Reader its, Next.Bytes got) throws IOException {
        var bytes = got.bytes();
        bytes.limit((int) Math.min(bytes.limit(), bytes.position() + stop - its.position()));
        int written = 0;
        try {
            written = to.write(bytes);
        } finally {
            from.advance(its, got, written);
        }
        if (its.position() == stop) {
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

    /** Looks whether the client took anything since the last look. */
    private void look() {
        long sent = Objects.requireNonNull(reader).position();
        if (over) {
            return;
        }
        if (blocked && sent == sentBefore) {
            breakOff();
            return;
        }
        sentBefore = sent;
        clock = exchange.getIoThread().executeAfter(this::look, flights.idleTimeout().toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void goOnElsewhere() {
        var its = Objects.requireNonNull(reader);
        Objects.requireNonNull(flight).leave(its);
        flight = null;
        spool = null;
        var rest = new FlightPlan(Kind.REST, request, etag, its.position(), false);
        if (etag.isEmpty() || !flights.resume(this, rest)) {
            breakOff();
        }
    }

    private void finish() {
        leave();
        exchange.endExchange();
    }

    /** Half a body must not be taken for a whole one. */
    private void breakOff() {
        leave();
        IoUtils.safeClose(exchange.getConnection());
        exchange.endExchange();
    }

    private void leave() {
        over = true;
        if (clock != null) {
            clock.remove();
        }
        if (flight != null && reader != null) {
            flight.leave(reader);
        }
    }

    @Override
    public void goAlone() {
        exchange.getIoThread().execute(() -> {
            revalidation.fromOrigin();
            Connectors.executeRootHandler(passed -> flights.origin().forward(passed, request), exchange);
        });
    }

    @Override
    public void decideAgain() {
        exchange.getIoThread().execute(() -> Connectors.executeRootHandler(revalidation::confirmed, exchange));
    }

    @Override
    public void fail(OriginFailure why) {
        exchange.getIoThread().execute(() -> {
            if (reader != null) {
                breakOff();
                return;
            }
            revalidation.fromOrigin();
            flights.origin().answerFailure(exchange, why);
        });
    }
}
