package io.fingerpost.broker.origin;

import io.undertow.client.ClientConnection;
import io.undertow.conduits.BytesReceivedStreamSourceConduit;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.proxy.ProxyCallback;
import io.undertow.server.handlers.proxy.ProxyClient;
import io.undertow.server.handlers.proxy.ProxyConnection;
import io.undertow.util.AttachmentKey;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;

/** Gives Undertow's proxy its connections, and watches over each request's way to the end of its answer. */
final class OriginConnections implements ProxyClient {
    private static final ProxyTarget THE_ORIGIN = new ProxyTarget() {};
    private static final AttachmentKey<Attempt> ATTEMPT = AttachmentKey.create(Attempt.class);

    private final OriginPool pool;
    private final OriginTimeouts timeouts;

    OriginConnections(OriginPool pool, OriginTimeouts timeouts) {
        this.pool = pool;
        this.timeouts = timeouts;
    }

    @Override
    public @Nullable ProxyTarget findTarget(HttpServerExchange exchange) {
        var attempt = exchange.getAttachment(ATTEMPT);
        return attempt != null && attempt.over ? null : THE_ORIGIN;
    }

    @Override
    public void getConnection(ProxyTarget target, HttpServerExchange exchange, ProxyCallback<ProxyConnection> callback,
            long timeout, TimeUnit unit) {
        var attempt = exchange.getAttachment(ATTEMPT);
        if (attempt == null) {
            attempt = new Attempt(exchange);
            exchange.putAttachment(ATTEMPT, attempt);
        }
        attempt.callback = callback;
        attempt.connection = null; // one that failed before, if this is a second attempt
        pool.take(exchange.getIoThread(), exchange.getConnection().getByteBufferPool(), attempt);
    }

    /**
     * One request's way to the end of its answer; on one I/O thread.
     *
     * <p>A clock looks whether anything moved: bytes of the request, the answer's beginning, bytes of the answer. A connection
     * that is closed is not enough to end things, for Undertow lingers: it waits for the other side to close as well.
     */
    private final class Attempt implements OriginPool.Taker {
        private final HttpServerExchange exchange;
        private XnioExecutor.Key timer;
        private long received;
        private long movedBefore;
        private @Nullable ProxyCallback<ProxyConnection> callback;
        private @Nullable ClientConnection connection;
        private boolean over;

        Attempt(HttpServerExchange exchange) {
            this.exchange = exchange;
            this.timer = startTimer();
            exchange.addRequestWrapper((factory, _) -> new BytesReceivedStreamSourceConduit(factory.create(),
                    bytes -> received += bytes));
            exchange.addExchangeCompleteListener((_, next) -> {
                over = true;
                timer.remove();
                if (connection != null) {
                    pool.giveBack(connection);
                }
                next.proceed();
            });
        }

        private XnioExecutor.Key startTimer() {
            var patience = exchange.isResponseStarted() ? timeouts.idle() : timeouts.answer();
            return exchange.getIoThread().executeAfter(this::look, patience.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void look() {
            long moved = received + exchange.getResponseBytesSent() + (exchange.isResponseStarted() ? 1 : 0);
            if (moved == movedBefore) {
                giveUp();
                return;
            }
            movedBefore = moved;
            timer = startTimer();
        }

        private void giveUp() {
            IoUtils.safeClose(connection);
            if (exchange.isResponseStarted()) {
                IoUtils.safeClose(exchange.getConnection()); // so that half a body is not taken for a whole one
            } else if (callback != null) {
                over = true;
                exchange.putAttachment(OriginFailure.OF_EXCHANGE, OriginFailure.ANSWER_TIMEOUT);
                exchange.setPersistent(false); // the proxy will close it when it notices what happened to the other one
                callback.couldNotResolveBackend(exchange);
            }
        }

        @Override
        public boolean isOver() {
            return over;
        }

        @Override
        public void connected(ClientConnection ready, boolean kept) {
            if (over || callback == null) {
                pool.giveBack(ready);
                return;
            }
            connection = ready;
            exchange.putAttachment(OriginFailure.OF_EXCHANGE, OriginFailure.CONNECTION_TERMINATED);
            callback.completed(exchange, new ProxyConnection(ready, "/"));
        }

        @Override
        public void failed(OriginFailure why) {
            if (!over && callback != null) {
                over = true; // a connection that was refused is not tried again within this request
                exchange.putAttachment(OriginFailure.OF_EXCHANGE, why);
                callback.couldNotResolveBackend(exchange);
            }
        }
    }
}
