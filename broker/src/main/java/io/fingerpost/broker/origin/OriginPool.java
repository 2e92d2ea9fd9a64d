package io.fingerpost.broker.origin;

import io.fingerpost.broker.BrokerConfig;
import io.undertow.UndertowOptions;
import io.undertow.client.ClientCallback;
import io.undertow.client.ClientConnection;
import io.undertow.client.UndertowClient;
import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import java.io.IOException;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.ssl.XnioSsl;

/**
 * Kept connections to the one origin, each I/O thread with its own. An origin that failed is simply tried again by the next
 * request: there is no other.
 */
final class OriginPool implements AutoCloseable {
    private static final int MAX_WAITING = 4_096;
    private static final long IDLE_MILLIS = 30_000;

    private final URI uri;
    private final int maxConnections;
    private final XnioSsl ssl;
    private final Map<XnioIoThread, Lane> lanes = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** Who wants a connection; called on its own I/O thread. */
    interface Taker {
        /** @param kept whether the connection was used before, so that it may turn out to be closed by now */
        void connected(ClientConnection connection, boolean kept);

        void failed(OriginFailure why);

        /** Whether it no longer wants one. */
        boolean isOver();
    }

    OriginPool(BrokerConfig.Origin config) {
        this.uri = config.url().resolve("/");
        this.maxConnections = config.maxConnections();
        this.ssl = ssl(uri);
    }

    @SuppressWarnings("NullAway") // Undertow takes null for "no TLS"
    private static XnioSsl ssl(URI uri) {
        if (!uri.getScheme().equals("https")) {
            return null;
        }
        try {
            return new UndertowXnioSsl(Xnio.getInstance(), OptionMap.EMPTY, SSLContext.getDefault());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the platform's default trust cannot be used", e);
        }
    }

    /** Finds or opens a connection on {@code thread}, which is the caller's; or lets the taker wait for one. */
    void take(XnioIoThread thread, ByteBufferPool buffers, Taker taker) {
        lanes.computeIfAbsent(thread, _ -> new Lane(thread, buffers)).take(taker);
    }

    /** Takes back a connection whose answer was read to its end; a closed one is no trouble. */
    void giveBack(ClientConnection connection) {
        XnioIoThread thread = connection.getIoThread();
        Lane lane = lanes.get(thread);
        if (closed || lane == null) {
            IoUtils.safeClose(connection);
        } else if (thread.equals(Thread.currentThread())) {
            lane.giveBack(connection);
        } else {
            thread.execute(() -> lane.giveBack(connection));
        }
    }

    @Override
    public void close() {
        closed = true;
        lanes.values().forEach(lane -> lane.thread.execute(lane::closeIdle));
    }

    private record Idle(ClientConnection connection, long sinceNanos) {}

    /** One I/O thread's connections; touched by that thread only. */
    private final class Lane {
        private final XnioIoThread thread;
        private final ByteBufferPool buffers;
        /** The longest idle first. */
        private final Deque<Idle> idle = new ArrayDeque<>();
        private final Deque<Taker> waiting = new ArrayDeque<>();
        private int open;
        private boolean sweeping;

        Lane(XnioIoThread thread, ByteBufferPool buffers) {
            this.thread = thread;
            this.buffers = buffers;
        }

        void take(Taker taker) {
            Idle kept = idle.pollLast();
            if (kept != null) {
                taker.connected(kept.connection, true);
            } else if (open < maxConnections) {
                open(taker);
            } else if (waiting.size() < MAX_WAITING) {
                waiting.add(taker);
            } else {
                taker.failed(OriginFailure.CONNECTION_LIMIT_REACHED);
            }
        }

        private void open(Taker taker) {
            open++;
            var options = OptionMap.create(UndertowOptions.ENDPOINT_IDENTIFICATION_ALGORITHM, "HTTPS");
            UndertowClient.getInstance().connect(new ClientCallback<>() {
                @Override
                public void completed(ClientConnection connection) {
                    connection.addCloseListener(Lane.this::gone);
                    taker.connected(connection, false);
                }

                @Override
                public void failed(IOException e) {
                    open--;
                    taker.failed(OriginFailure.CONNECTION_REFUSED);
                    serveNext();
                }
            }, uri, thread, ssl, buffers, options);
        }

        private void gone(ClientConnection connection) {
            if (!thread.equals(Thread.currentThread())) {
                thread.execute(() -> gone(connection));
                return;
            }
            open--;
            idle.removeIf(kept -> kept.connection.equals(connection));
            serveNext();
        }

        private void serveNext() {
            Taker next = nextWaiting();
            if (next != null) {
                take(next);
            }
        }

        private Taker nextWaiting() {
            Taker next = waiting.poll();
            while (next != null && next.isOver()) {
                next = waiting.poll();
            }
            return next;
        }

        void giveBack(ClientConnection connection) {
            if (!connection.isOpen()) {
                return;
            }
            Taker next = nextWaiting();
            if (next != null) {
                next.connected(connection, true);
                return;
            }
            idle.add(new Idle(connection, System.nanoTime()));
            if (!sweeping) {
                sweeping = true;
                thread.executeAfter(this::sweep, IDLE_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        private void sweep() {
            sweeping = false;
            long now = System.nanoTime();
            while (!idle.isEmpty() && now - idle.getFirst().sinceNanos >= TimeUnit.MILLISECONDS.toNanos(IDLE_MILLIS)) {
                IoUtils.safeClose(idle.removeFirst().connection);
            }
            if (!idle.isEmpty()) {
                sweeping = true;
                thread.executeAfter(this::sweep, IDLE_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        void closeIdle() {
            while (!idle.isEmpty()) {
                IoUtils.safeClose(idle.removeFirst().connection);
            }
        }
    }
}
