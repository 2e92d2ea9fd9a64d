package io.fingerpost.broker.edge;

import io.undertow.conduits.BytesReceivedStreamSourceConduit;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

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
        private long received;
        private long receivedBefore;

        Watch(HttpServerExchange exchange) {
            this.exchange = exchange;
            this.timer = startTimer();
            exchange.addRequestWrapper((factory, _) -> new BytesReceivedStreamSourceConduit(factory.create(),
                    bytes -> received += bytes));
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
            if (received - receivedBefore < LEAST_BYTES) {
                IoUtils.safeClose(exchange.getConnection());
                return;
            }
            receivedBefore = received;
            timer = startTimer();
        }
    }
}
