package io.fingerpost.broker.listen;

import io.undertow.conduits.BytesReceivedStreamSourceConduit;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.conduits.StreamSourceConduit;

/** Ends requests the body of which drips: a byte now and then keeps a connection from being idle, but not from being useless. */
public final class BodyPace implements HttpHandler {
    /** So many bytes have to come in each period. */
    private static final long LEAST_BYTES = 1024;

    private final long periodMillis;
    private final HttpHandler next;

    public BodyPace(Duration period, HttpHandler next) {
        this.periodMillis = period.toMillis();
        this.next = next;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (!exchange.isRequestComplete()) {
            new Watch(exchange);
        }
        next.handleRequest(exchange);
    }

    /** One body; on the I/O thread of its exchange. */
    private final class Watch {
        private final HttpServerExchange exchange;
        private XnioExecutor.Key timer;
        private @Nullable StreamSourceConduit body;
        private long received;
        private long receivedBefore;

        Watch(HttpServerExchange exchange) {
            this.exchange = exchange;
            this.timer = startTimer();
            exchange.addRequestWrapper((factory, _) -> {
                body = factory.create();
                return new BytesReceivedStreamSourceConduit(body, bytes -> received += bytes);
            });
            exchange.addExchangeCompleteListener((_, nextListener) -> {
                timer.remove();
                nextListener.proceed();
            });
        }

        private XnioExecutor.Key startTimer() {
            return exchange.getIoThread().executeAfter(this::look, periodMillis, TimeUnit.MILLISECONDS);
        }

        private void look() {
            if (exchange.isRequestComplete()) {
                return;
            }
            boolean awaited = body != null && body.isReadResumed(); // else it is we, or the origin, who take nothing
            if (awaited && received - receivedBefore < LEAST_BYTES) {
                IoUtils.safeClose(exchange.getConnection());
                return;
            }
            receivedBefore = received;
            timer = startTimer();
        }
    }
}
