package io.fingerpost.broker.origin;

import io.undertow.client.ClientCallback;
import io.undertow.client.ClientConnection;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientRequest;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.Connectors;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSourceChannel;

/**
 * One GET of the broker's own, from its request to the last byte of the answer. It lives on one I/O thread, belongs to no
 * client's exchange, and reads no faster than its listener makes room.
 */
public final class OriginFetch implements OriginPool.Taker {
    /** Reads in a row before others on the thread have their turn. */
    private static final int TURN = 16;

    /** Told what comes, on the fetch's thread; exactly one of {@link #end} and {@link #failed} comes last. */
    public interface Listener {
        /** The answer begins; the fields are those of the origin, and the listener's to keep. */
        void head(int status, HeaderMap fields);

        /** Where the next bytes of the body go; null to pause until {@link OriginFetch#resume}. */
        @Nullable
        ByteBuffer room();

        /** So many bytes went into the latest room. */
        void filled(int bytes);

        void end();

        void failed(OriginFailure why);
    }

    private final OriginPool pool;
    private final OriginTimeouts timeouts;
    private final XnioIoThread thread;
    private final ByteBufferPool buffers;
    private final ClientRequest request;
    private final Listener listener;
    private XnioExecutor.@Nullable Key timer;
    private @Nullable ClientConnection connection;
    private @Nullable StreamSourceChannel body;
    private boolean kept;
    private boolean retried;
    private boolean paused;
    private boolean moved;
    private boolean over;

    OriginFetch(OriginPool pool, OriginTimeouts timeouts, XnioIoThread thread, ByteBufferPool buffers,
            ClientRequest request, Listener listener) {
        this.pool = pool;
        this.timeouts = timeouts;
        this.thread = thread;
        this.buffers = buffers;
        this.request = request;
        this.listener = listener;
    }

    /** Begins; to be called on the fetch's thread. */
    public void start() {
        timer = thread.executeAfter(this::look, timeouts.answer().toMillis(), TimeUnit.MILLISECONDS);
        pool.take(thread, buffers, this);
    }

    /** Goes on after a pause, if there is one; from any thread. */
    public void resume() {
        thread.execute(() -> {
            if (paused && !over) {
                paused = false;
                moved = true; // the pause was not the origin's
                read();
            }
        });
    }

    /** Nobody wants the rest; from any thread. */
    public void cancel() {
        thread.execute(() -> {
            if (!over) {
                finish();
                IoUtils.safeClose(connection);
            }
        });
    }

    @Override
    public boolean isOver() {
        return over;
    }

    @Override
    public void connected(ClientConnection ready, boolean wasKept) {
        if (over) {
            pool.giveBack(ready);
            return;
        }
        connection = ready;
        kept = wasKept;
        ready.sendRequest(request, new ClientCallback<>() {
            @Override
            public void completed(ClientExchange exchange) {
                exchange.setResponseListener(answer(ready));
            }

            @Override
            public void failed(IOException e) {
                hungUp(ready);
            }
        });
    }

    private ClientCallback<ClientExchange> answer(ClientConnection asked) {
        return new ClientCallback<>() {
            @Override
            public void completed(ClientExchange exchange) {
                begin(exchange);
            }

            @Override
            public void failed(IOException e) {
                hungUp(asked);
            }
        };
    }

    /** A kept connection may have been closed by the origin at the moment at which we used it: that is worth one more try. */
    private void hungUp(ClientConnection asked) {
        if (over || !asked.equals(connection)) {
            return;
        }
        connection = null; // first, for closing it comes back here
        IoUtils.safeClose(asked);
        if (kept && !retried && body == null) {
            retried = true;
            pool.take(thread, buffers, this);
        } else {
            failed(OriginFailure.CONNECTION_TERMINATED);
        }
    }

    @Override
    public void failed(OriginFailure why) {
        if (!over) {
            finish();
            listener.failed(why);
        }
    }

    private void begin(ClientExchange exchange) {
        if (over) {
            return;
        }
        var response = exchange.getResponse();
        var fields = response.getResponseHeaders();
        moved = true;
        body = exchange.getResponseChannel();
        if (!frame(fields)) {
            giveUp(OriginFailure.CONNECTION_TERMINATED);
            return;
        }
        boolean bodiless = !Connectors.isEntityBodyAllowed(response.getResponseCode());
        if (bodiless && fields.contains(Headers.CONTENT_LENGTH)) {
            // It says how long the body would be, and the client below would wait for that.
            fields.remove(Headers.CONTENT_LENGTH);
            finish();
            IoUtils.safeClose(connection);
            listener.head(response.getResponseCode(), fields);
            listener.end();
            return;
        }
        body.getReadSetter().set(_ -> read());
        listener.head(response.getResponseCode(), fields);
        read();
    }

    /** Leaves one way to know where the body ends (RFC 9112 §6.3); false if the origin contradicts itself. */
    private static boolean frame(HeaderMap fields) {
        if (fields.contains(Headers.TRANSFER_ENCODING)) {
            fields.remove(Headers.CONTENT_LENGTH);
        }
        return fields.count(Headers.CONTENT_LENGTH) <= 1;
    }

    private void read() {
        var source = body;
        if (over || paused || source == null) {
            return;
        }
        try {
            int reads = 0;
            for (ByteBuffer room = listener.room(); room != null; room = listener.room()) {
                if (reads++ == TURN) {
                    thread.execute(this::read);
                    return;
                }
                int bytes = source.read(room);
                if (bytes < 0) {
                    complete();
                    return;
                }
                if (bytes == 0) {
                    source.resumeReads();
                    return;
                }
                moved = true;
                listener.filled(bytes);
            }
            paused = true;
            source.suspendReads();
        } catch (IOException e) {
            giveUp(OriginFailure.CONNECTION_TERMINATED);
        } catch (RuntimeException e) {
            giveUp(OriginFailure.CONNECTION_TERMINATED); // a bug of ours: nobody is to wait for ever because of it
            throw e;
        }
    }

    private void giveUp(OriginFailure why) {
        failed(why); // first, for closing the connection tells of another failure
        IoUtils.safeClose(connection);
    }

    private void complete() {
        finish();
        if (connection != null) {
            pool.giveBack(connection);
        }
        listener.end();
    }

    private void finish() {
        over = true;
        if (timer != null) {
            timer.remove();
        }
    }

    /** Looks whether anything moved since the last look. */
    private void look() {
        if (over) {
            return;
        }
        if (!moved && !paused) {
            giveUp(OriginFailure.ANSWER_TIMEOUT);
            return;
        }
        moved = false;
        timer = thread.executeAfter(this::look, timeouts.idle().toMillis(), TimeUnit.MILLISECONDS);
    }
}
