package io.fingerpost.broker.collapse;

import io.fingerpost.broker.origin.Lesson;
import io.fingerpost.broker.origin.OriginFailure;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.contract.http.ByteRange.Span;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import org.jspecify.annotations.Nullable;

/** One client's answer out of a flight, up to its head; what follows is for {@link SpooledBody}. */
final class SpooledAnswer implements Waiter {
    private static final HttpString REPR_DIGEST = new HttpString(FieldNames.REPR_DIGEST);

    private final HttpServerExchange exchange;
    private final EdgeRequest request;
    private final FlightPlan plan;
    private final Flights.Ways ways;
    private final Flights flights;
    private final Revalidation revalidation;
    private boolean triedAgain;

    SpooledAnswer(HttpServerExchange exchange, FlightPlan plan, Flights.Ways ways, Flights flights,
            Revalidation revalidation) {
        this.exchange = exchange;
        this.request = plan.request();
        this.plan = plan;
        this.ways = ways;
        this.flights = flights;
        this.revalidation = revalidation;
    }

    /** Finds a flight, or goes without; on the thread of the exchange. */
    void board() {
        if (!flights.joinOrStart(exchange, this, plan, ways)) {
            goAlone();
        }
    }

    @Override
    public boolean serve(Flight flight, Spool spool, OriginHead head) {
        if (request.method().equals("HEAD")) {
            return head.lesson() != null && onOurThread(() -> begin(head, null));
        }
        if (head.lesson() == null) {
            return serve(flight, spool, head, null);
        }
        Span span = request.range().resolve(head.length());
        return span != null && spool.reaches(span.first()) && serve(flight, spool, head, span);
    }

    private boolean serve(Flight flight, Spool spool, OriginHead head, @Nullable Span span) {
        String etag = head.lesson() == null ? "" : head.lesson().etag();
        long stop = span == null ? head.length() : span.last() + 1;
        var body = new SpooledBody(exchange, request, flights, etag, stop);
        var reader = body.readerFrom(span == null ? 0 : span.first());
        spool.add(reader);
        return onOurThread(() -> {
            if (exchange.isResponseStarted()) { // it was ended meanwhile, for the client is gone
                flight.leave(reader);
                return;
            }
            begin(head, span);
            body.begin(flight, spool, reader);
        });
    }

    private boolean onOurThread(Runnable step) {
        SpooledBody.onThreadOf(exchange, step);
        return true;
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
        if (request.method().equals("HEAD")) {
            exchange.endExchange();
        }
    }

    private void share(OriginHead head, Lesson lesson, @Nullable Span span) {
        var fields = exchange.getResponseHeaders();
        long age = head.age(flights.now());
        if (age > 0) {
            fields.put(Headers.AGE, age);
        }
        if (!fields.contains(REPR_DIGEST)) {
            lesson.learned().ifPresent(digest -> fields.put(REPR_DIGEST, DigestField.format(digest)));
        }
        if (span != null && !(request.range() instanceof ByteRange.Whole)) {
            exchange.setStatusCode(206);
            fields.put(Headers.CONTENT_RANGE, span.contentRange(head.length()));
            fields.put(Headers.CONTENT_LENGTH, span.length());
        }
    }

    @Override
    public void goAlone() {
        onOurThread(() -> {
            revalidation.fromOrigin();
            Connectors.executeRootHandler(passed -> flights.origin().forward(passed, request), exchange);
        });
    }

    @Override
    public void decideAgain() {
        onOurThread(() -> Connectors.executeRootHandler(revalidation::confirmed, exchange));
    }

    @Override
    public void tryAgain(OriginFailure why) {
        if (triedAgain) {
            fail(why);
        } else {
            triedAgain = true;
            onOurThread(this::board);
        }
    }

    @Override
    public void fail(OriginFailure why) {
        onOurThread(() -> {
            revalidation.fromOrigin();
            flights.origin().answerFailure(exchange, why);
        });
    }
}
