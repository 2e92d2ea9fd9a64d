package io.fingerpost.broker.origin;

import io.fingerpost.broker.BrokerConfig;
import io.undertow.UndertowOptions;
import io.undertow.client.ClientConnection;
import io.undertow.client.UndertowClient;
import io.undertow.conduits.BytesReceivedStreamSourceConduit;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.proxy.ConnectionPoolManager;
import io.undertow.server.handlers.proxy.ProxyCallback;
import io.undertow.server.handlers.proxy.ProxyClient;
import io.undertow.server.handlers.proxy.ProxyConnection;
import io.undertow.server.handlers.proxy.ProxyConnectionPool;
import io.undertow.util.AttachmentKey;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Xnio;
import org.xnio.XnioExecutor;
import org.xnio.ssl.XnioSsl;

/**
 * Kept connections to the one origin. An origin that failed is simply tried again by the next request: there is no other.
 */
final class OriginConnections implements ProxyClient, AutoCloseable {
    private static final ProxyTarget THE_ORIGIN = new ProxyTarget() {};
    private static final AttachmentKey<Attempt> ATTEMPT = AttachmentKey.create(Attempt.class);

    private final ProxyConnectionPool pool;
    private final long answerTimeoutMillis;
    private final long idleTimeoutMillis;

    OriginConnections(BrokerConfig.Origin config, Duration idleTimeout) {
        this.answerTimeoutMillis = config.answerTimeout().toMillis();
        this.idleTimeoutMillis = idleTimeout.toMillis();
        var options = OptionMap.create(UndertowOptions.ENDPOINT_IDENTIFICATION_ALGORITHM, "HTTPS");
        this.pool = new ProxyConnectionPool(new Limits(config.maxConnections()), config.url().resolve("/"), ssl(config),
                UndertowClient.getInstance(), options);
    }

    @SuppressWarnings("NullAway") // Undertow takes null for "no TLS"
    private static XnioSsl ssl(BrokerConfig.Origin config) {
        if (!config.url().getScheme().equals("https")) {
            return null;
        }
        try {
            return new UndertowXnioSsl(Xnio.getInstance(), OptionMap.EMPTY, SSLContext.getDefault());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the platform's default trust cannot be used", e);
        }
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
        pool.connect(target, exchange, attempt, timeout, unit, false);
    }

    @Override
    public void close() {
        pool.close();
    }

    /**
     * One request's way to the end of its answer; on one I/O thread.
     *
     * <p>A clock looks whether anything moved: bytes of the request, the answer's beginning, bytes of the answer. A connection
     * that is closed is not enough to end things, for Undertow lingers: it waits for the other side to close as well.
     */
    private final class Attempt implements ProxyCallback<ProxyConnection> {
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
                timer.remove();
                next.proceed();
            });
        }

        private XnioExecutor.Key startTimer() {
            long millis = exchange.isResponseStarted() ? idleTimeoutMillis : answerTimeoutMillis;
            return exchange.getIoThread().executeAfter(this::look, millis, TimeUnit.MILLISECONDS);
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
        public void completed(HttpServerExchange sameExchange, ProxyConnection ready) {
            if (over || callback == null) {
                IoUtils.safeClose(ready.getConnection());
                return;
            }
            connection = ready.getConnection();
            exchange.putAttachment(OriginFailure.OF_EXCHANGE, OriginFailure.CONNECTION_TERMINATED);
            callback.completed(exchange, ready);
        }

        @Override
        public void failed(HttpServerExchange sameExchange) {
            fail(OriginFailure.CONNECTION_REFUSED);
        }

        @Override
        public void couldNotResolveBackend(HttpServerExchange sameExchange) {
            fail(OriginFailure.CONNECTION_REFUSED);
        }

        @Override
        public void queuedRequestFailed(HttpServerExchange sameExchange) {
            fail(OriginFailure.CONNECTION_LIMIT_REACHED);
        }

        private void fail(OriginFailure failure) {

            if (!over && callback != null) {
                over = true; // a connection that was refused is not tried again within this request
                exchange.putAttachment(OriginFailure.OF_EXCHANGE, failure);
                callback.couldNotResolveBackend(exchange);
            }
        }
    }

    /** How many connections there may be, and that no failure is remembered. */
    private record Limits(int maxConnections) implements ConnectionPoolManager {
        private static final int MAX_QUEUE = 4_096;
        private static final long IDLE_MILLIS = 30_000;

        @Override
        public int getMaxConnections() {
            return maxConnections;
        }

        @Override
        public int getMaxCachedConnections() {
            return maxConnections;
        }

        @Override
        public int getSMaxConnections() {
            return 0;
        }

        @Override
        public long getTtl() {
            return IDLE_MILLIS;
        }

        @Override
        public int getMaxQueueSize() {
            return MAX_QUEUE;
        }

        @Override
        public int getProblemServerRetry() {
            return -1;
        }

        @Override
        public boolean isAvailable() {
            return true;
        }

        @Override
        public boolean handleError() {
            return true;
        }

        @Override
        public boolean clearError() {
            return true;
        }
    }
}
