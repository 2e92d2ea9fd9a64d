package io.fingerpost.agent.serve;

import io.fingerpost.contract.http.ByteRange.Span;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.xnio.ChannelExceptionHandler;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;

/**
 * Sends a part of a file as the body of a response, by the kernel's own copying, whenever the connection takes more.
 */
final class FileSender implements ChannelListener<StreamSinkChannel> {
    /** Bytes after which another connection of the same I/O thread has its turn. */
    private static final long TURN = 2L << 20;

    private final HttpServerExchange exchange;
    private final FileChannel file;
    private final SendProgress progress;
    private long position;
    private long left;
    private boolean headSent;

    private FileSender(HttpServerExchange exchange, FileChannel file, Span span, SendProgress progress) {
        this.exchange = exchange;
        this.file = file;
        this.position = span.first();
        this.left = span.length();
        this.progress = progress;
    }

    /** Sends {@code span} of {@code file}, which has to stay open until the exchange is over. */
    static void send(HttpServerExchange exchange, FileChannel file, Span span, SendProgress progress) {
        var sender = new FileSender(exchange, file, span, progress);
        progress.begins(span.length());
        exchange.dispatch(exchange.getIoThread(), () -> {
            var channel = exchange.getResponseChannel();
            channel.getWriteSetter().set(sender);
            sender.handleEvent(channel);
        });
    }

    @Override
    public void handleEvent(StreamSinkChannel channel) {
        try {
            if (sendHead(channel) && transfer(channel)) {
                finish(channel);
            } else {
                channel.resumeWrites();
            }
        } catch (IOException e) {
            fail();
        }
    }

    /**
     * Whether the head is sent. It goes first and alone: Undertow, when it sends it together with a part of a file, reads that
     * part from the channel's own position instead of the one it is given (2.4.4, HttpResponseConduit.transferFrom).
     */
    private boolean sendHead(StreamSinkChannel channel) throws IOException {
        headSent = headSent || channel.flush();
        return headSent;
    }

    /** Whether all is sent; if not, the connection is full or this turn is over. */
    private boolean transfer(StreamSinkChannel channel) throws IOException {
        long turn = TURN;
        while (left > 0 && turn > 0) {
            long sent = channel.transferFrom(file, position, Math.min(left, turn));
            if (sent <= 0) {
                requireMore();
                return false;
            }
            position += sent;
            left -= sent;
            progress.sent(sent);
            turn -= sent;
        }
        return left == 0;
    }

    /** Nothing went: the connection is full, or the file has become shorter, for which waiting would be in vain. */
    private void requireMore() throws IOException {
        if (position >= file.size()) {
            throw new IOException("the file ends early");
        }
    }

    private void finish(StreamSinkChannel channel) throws IOException {
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
