package io.fingerpost.broker.origin;

import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.contract.http.ByteRange.FromTo;
import io.undertow.client.ClientConnection;
import io.undertow.conduits.BytesReceivedStreamSourceConduit;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.proxy.ProxyCallback;
import io.undertow.server.handlers.proxy.ProxyClient;
import io.undertow.server.handlers.proxy.ProxyConnection;
import io.undertow.util.AttachmentKey;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/** Gives Undertow's proxy its connections, and watches over each request's way to the end of its answer. */
final class OriginConnections implements ProxyClient {
    private static final ProxyTarget THE_ORIGIN = new ProxyTarget() {};
    private static final AttachmentKey<Attempt> ATTEMPT = AttachmentKey.create(Attempt.class);

    /** Of what is asked for in turns, in bytes: agents ask for a piece at a time, and for so much when nobody orders anything. */
    private static final long LARGEST_PIECE = 1 << 20;
    private static final long LOOK_MILLIS = 50;

    private final OriginPool pool;
    private final OriginTimeouts timeouts;
    private final Turns turns;
    private final AtomicBoolean isWatched = new AtomicBoolean();

    OriginConnections(OriginPool pool, OriginTimeouts timeouts, Turns turns) {
        this.pool = pool;
        this.timeouts = timeouts;
        this.turns = turns;
    }

    @Override
    public @Nullable ProxyTarget findTarget(HttpServerExchange exchange) {
        var attempt = exchange.getAttachment(ATTEMPT);
        return attempt != null && attempt.over ? null : THE_ORIGIN;
    }

    @Override
    public void getConnection(ProxyTarget target, HttpServerExchange exchange, ProxyCallback<ProxyConnection> callback,
            long timeout, TimeUnit unit) {
        var known = exchange.getAttachment(ATTEMPT);
        var attempt = known == null ? new Attempt(exchange) : known;
        attempt.callback = callback;
        if (known != null) {
            attempt.connection = null; // it failed
            attempt.connect();
            return;
        }
        exchange.putAttachment(ATTEMPT, attempt);
        if (isPiece(exchange)) {
            attempt.turn = turns.take(exchange.getIoThread(), attempt::connect);
            watch(exchange.getIoThread());
        } else {
            attempt.connect();
        }
    }

    private static boolean isPiece(HttpServerExchange exchange) {
        return exchange.getRequestMethod().equals(Methods.GET)
                && ByteRange.parse(
                        exchange.getRequestHeaders().getFirst(Headers.RANGE)) instanceof FromTo(var first, var last)
                && last - first < LARGEST_PIECE;
    }

    /** Looks after those who wait for their turn, as long as there are any. */
    private void watch(XnioIoThread thread) {
        if (turns.isAwaited() && isWatched.compareAndSet(false, true)) {
            thread.executeAfter(() -> {
                isWatched.set(false);
                turns.look();
                watch(thread);
            }, LOOK_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * One request's way to the end of its answer; on one I/O thread.
     *
     * <p>A clock looks whether anything moved: bytes of the request, the answer's beginning, bytes of the answer. A connection
     * that is closed is not enough to end things, for Undertow lingers: it waits for the other side to close as well.
     */
    private final class Attempt implements OriginPool.Taker {
        private final HttpServerExchange exchange;
        private XnioExecutor.@Nullable Key timer;
        private long received;
        private long movedBefore;
        private @Nullable ProxyCallback<ProxyConnection> callback;
        private @Nullable ClientConnection connection;
        private Turns.@Nullable Turn turn;
        private boolean over;

        Attempt(HttpServerExchange exchange) {
            this.exchange = exchange;
            exchange.addRequestWrapper((factory, _) -> new BytesReceivedStreamSourceConduit(factory.create(),
                    bytes -> received += bytes));
            exchange.addExchangeCompleteListener((_, next) -> {
                over = true;
                if (timer != null) {
                    timer.remove();
                }
                if (connection != null) {
                    pool.giveBack(connection);
                }
                if (turn != null) {
                    turn.end(exchange.getResponseBytesSent());
                }
                next.proceed();
            });
        }

        void connect() {
            if (over) {
                return; // its client has left while it waited for its turn
            }
            timer = timer == null ? startTimer() : timer;
            pool.take(exchange.getIoThread(), exchange.getConnection().getByteBufferPool(), this);
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
