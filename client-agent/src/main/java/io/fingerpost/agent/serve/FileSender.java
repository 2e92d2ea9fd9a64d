package io.fingerpost.agent.serve;

import io.fingerpost.agent.serve.Uplink.Turn;
import io.fingerpost.contract.http.ByteRange.Span;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.xnio.ChannelExceptionHandler;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.channels.StreamSinkChannel;

/**
 * Sends a part of a file as the body of a response, by the kernel's own copying, whenever it is its turn and the connection takes
 * more.
 */
final class FileSender implements ChannelListener<StreamSinkChannel>, Uplink.Transfer {
    /** A shorter time between two turns cannot be an idle one. */
    private static final long NOTICED = TimeUnit.MILLISECONDS.toNanos(100);

    private final HttpServerExchange exchange;
    private final FileChannel file;
    private final Sending sending;
    private final StreamSinkChannel channel;
    private long position;
    private long left;
    private long lastTurn = System.nanoTime();

    private FileSender(HttpServerExchange exchange, FileChannel file, Span span, Sending sending) {
        this.exchange = exchange;
        this.file = file;
        this.position = span.first();
        this.left = span.length();
        this.sending = sending;
        this.channel = exchange.getResponseChannel();
    }

    /** Sends {@code span} of {@code file}, which has to stay open until the exchange is over. */
    static void send(HttpServerExchange exchange, FileChannel file, Span span, Sending sending) {
        sending.progress().begins(span.length());
        exchange.dispatch(exchange.getIoThread(), () -> {
            var sender = new FileSender(exchange, file, span, sending);
            sender.channel.getWriteSetter().set(sender);
            sender.handleEvent(sender.channel);
        });
    }

    @Override
    public InetAddress client() {
        return exchange.getSourceAddress().getAddress();
    }

    @Override
    public boolean wasAwaited() {
        return sending.wasAwaited();
    }

    @Override
    public XnioExecutor thread() {
        return exchange.getIoThread();
    }

    /**
     * The connection takes more. The head goes first and alone: Undertow, when it sends it together with a part of a file, reads
     * that part from the channel's own position instead of the one it is given (2.4.4, HttpResponseConduit.transferFrom).
     */
    @Override
    public void handleEvent(StreamSinkChannel sink) {
        try {
            if (channel.flush()) {
                channel.suspendWrites();
                sending.uplink().await(this);
            } else {
                channel.resumeWrites();
            }
        } catch (IOException e) {
            fail();
        }
    }

    @Override
    public Turn turn(long most) {
        long before = left;
        boolean wantsMore = false;
        long now = System.nanoTime();
        if (now - lastTurn > NOTICED) { // or the time that it waited for its turn counts as idleness of the client
            channel.resumeWrites();
            channel.suspendWrites();
        }
        lastTurn = now;
        try {
            wantsMore = transfer(most) && left > 0;
        } catch (IOException e) {
            fail();
        }
        return new Turn(before - left, wantsMore);
    }

    /** Whether the connection may take more. */
    private boolean transfer(long most) throws IOException {
        long wanted = Math.min(left, most);
        long sent = channel.transferFrom(file, position, wanted);
        if (sent <= 0) {
            requireMore();
        } else {
            position += sent;
            left -= sent;
            sending.progress().sent(sent);
        }
        if (sent < wanted) { // to try again now would only tell so
            channel.resumeWrites();
            return false;
        }
        if (left == 0) {
            finish();
        }
        return true;
    }

    /** Nothing went: the connection is full, or the file has become shorter, for which waiting would be in vain. */
    private void requireMore() throws IOException {
        if (position >= file.size()) {
            throw new IOException("the file ends early");
        }
    }

    private void finish() throws IOException {
        channel.suspendWrites();
        channel.shutdownWrites();
        if (channel.flush()) {
            exchange.endExchange();
            return;
        }
        ChannelExceptionHandler<StreamSinkChannel> onError = (_, _) -> fail();
        channel.getWriteSetter().set(ChannelListeners.flushingChannelListener(_ -> exchange.endExchange(), onError));
        channel.resumeWrites();
    }

    /** The client has gone, or the file cannot be read: a cut connection is the only honest answer left. */
    private void fail() {
        IoUtils.safeClose(exchange.getConnection());
        exchange.endExchange();
    }
}
