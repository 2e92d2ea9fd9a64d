package io.fingerpost.broker.listen;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http2.Http2ServerConnection;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.xnio.IoUtils;

/**
 * Knows the requests under way, so that a broker that stops can let them end, and so that no HTTP/2 connection has more than its
 * share: a client that resets its streams makes room for new ones, but not for the work on the old ones (CVE-2023-44487).
 */
public final class InFlight implements HttpHandler {
    /** Most requests under way of one HTTP/2 connection; twice as many as it may have streams. */
    static final int MOST_OF_ONE_CONNECTION = 2 * Listeners.MAX_STREAMS;

    private static final AttachmentKey<AtomicInteger> OF_CONNECTION = AttachmentKey.create(AtomicInteger.class);
    private static final long CHECK_NANOS = 10_000_000;

    private final HttpHandler next;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile boolean draining;

    public InFlight(HttpHandler next) {
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        requests.incrementAndGet();
        exchange.addExchangeCompleteListener((_, nextListener) -> {
            requests.decrementAndGet();
            nextListener.proceed();
        });
        if (exchange.getConnection() instanceof Http2ServerConnection connection) {
            if (!isWithinShare(exchange, connection)) {
                IoUtils.safeClose(connection); // resets this stream; who gets too many of these is sent away by Undertow
                exchange.endExchange();
                return;
            }
        } else if (draining) {
            exchange.setPersistent(false);
            exchange.getResponseHeaders().put(Headers.CONNECTION, "close");
        }
        next.handleRequest(exchange);
    }

    private static boolean isWithinShare(HttpServerExchange exchange, Http2ServerConnection stream) {
        var ofConnection = stream.getAttachment(OF_CONNECTION);
        if (ofConnection == null) {
            ofConnection = new AtomicInteger(); // all requests of a connection begin on one thread
            stream.putAttachment(OF_CONNECTION, ofConnection);
        }
        AtomicInteger count = ofConnection;
        exchange.addExchangeCompleteListener((_, nextListener) -> {
            count.decrementAndGet();
            nextListener.proceed();
        });
        return count.incrementAndGet() <= MOST_OF_ONE_CONNECTION;
    }

    /** From now on connections end with their request, but for those of HTTP/2; returns when none is under way or the time is over. */
    public void drain(Duration atMost) {
        draining = true;
        long deadline = System.nanoTime() + atMost.toNanos();
        while (requests.get() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(CHECK_NANOS);
        }
    }

    public boolean isDraining() {
        return draining;
    }
}
