package io.fingerpost.broker.origin;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpAttachments;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * A request's body without the trailer section, which may be dropped (RFC 9110 §6.5.1). Undertow's proxy would write it to the origin
 * as it came: unread by all that looks at fields, and by HTTP/2 even with line breaks, which make another request of it.
 */
final class WithoutTrailers extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private static final int END = -1;

    private final HttpServerExchange exchange;

    WithoutTrailers(StreamSourceConduit next, HttpServerExchange exchange) {
        super(next);
        this.exchange = exchange;
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
        return (int) seen(super.read(to));
    }

    @Override
    public long read(ByteBuffer[] to, int offset, int length) throws IOException {
        return seen(super.read(to, offset, length));
    }

    @Override
    public long transferTo(long position, long count, FileChannel to) throws IOException {
        return seen(super.transferTo(position, count, to));
    }

    @Override
    public long transferTo(long count, ByteBuffer buffer, StreamSinkChannel to) throws IOException {
        return seen(super.transferTo(count, buffer, to));
    }

    /** The trailers are there when the end is reported, at the latest, and looked for after that. */
    private long seen(long bytes) {
        if (bytes == END) {
            exchange.removeAttachment(HttpAttachments.REQUEST_TRAILERS);
        }
        return bytes;
    }
}
