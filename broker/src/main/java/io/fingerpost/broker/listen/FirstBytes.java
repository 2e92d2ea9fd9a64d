package io.fingerpost.broker.listen;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.ConnectorStatistics;
import io.undertow.server.DelegateOpenListener;
import io.undertow.server.HttpHandler;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;

/**
 * Closes TLS connections that bring no HTTP in time: neither a handshake nor the silence after it is timed by Undertow, whose own
 * clocks begin with the first bytes of a request.
 */
final class FirstBytes {
    private final long limitMillis;
    /** What is waited for; an entry goes with its timer. */
    private final Map<StreamConnection, XnioExecutor.Key> waiting = new ConcurrentHashMap<>();

    FirstBytes(Duration limit) {
        this.limitMillis = limit.toMillis();
    }

    /** Starts the clock for each connection before {@code next} gets it. */
    ChannelListener<StreamConnection> awaited(ChannelListener<StreamConnection> next) {
        return connection -> {
            waiting.put(connection, connection.getIoThread().executeAfter(() -> {
                waiting.remove(connection);
                IoUtils.safeClose(connection);
            }, limitMillis, TimeUnit.MILLISECONDS));
            next.handleEvent(connection);
        };
    }

    /** Stops the clock of each connection that {@code protocol} gets. */
    DelegateOpenListener arrived(DelegateOpenListener protocol) {
        return new Arrival(protocol);
    }

    private final class Arrival implements DelegateOpenListener {
        private final DelegateOpenListener protocol;

        Arrival(DelegateOpenListener protocol) {
            this.protocol = protocol;
        }

        private void stopClock(StreamConnection connection) {
            XnioExecutor.Key timer = waiting.remove(connection);
            if (timer != null) {
                timer.remove();
            }
        }

        @Override
        public void handleEvent(StreamConnection connection, PooledByteBuffer bytes) {
            stopClock(connection);
            protocol.handleEvent(connection, bytes);
        }

        @Override
        public void handleEvent(StreamConnection connection) {
            stopClock(connection);
            protocol.handleEvent(connection);
        }

        @Override
        public HttpHandler getRootHandler() {
            return protocol.getRootHandler();
        }

        @Override
        public void setRootHandler(HttpHandler handler) {
            protocol.setRootHandler(handler);
        }

        @Override
        public OptionMap getUndertowOptions() {
            return protocol.getUndertowOptions();
        }

        @Override
        public void setUndertowOptions(OptionMap options) {
            protocol.setUndertowOptions(options);
        }

        @Override
        public ByteBufferPool getBufferPool() {
            return protocol.getBufferPool();
        }

        @Override
        public ConnectorStatistics getConnectorStatistics() {
            return protocol.getConnectorStatistics();
        }

        @Override
        public void closeConnections() {
            protocol.closeConnections();
        }
    }
}
