package io.fingerpost.broker.origin;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpAttachments;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Fields after a body, which go no further than to us (RFC 9110 §6.5.1 allows it). They come when all that looks at fields is
 * over, and those of HTTP/2 may have line breaks in them, which would be requests of their own on the way to the origin.
 *
 * <p>Undertow's proxy takes them from the exchange at the moment at which it knows that a body is at its end.
 */
final class Trailers {
    private Trailers() {}

    /** Has the exchange forget them, of its request and of its answer; to be called before either body flows. */
    static void drop(HttpServerExchange exchange) {
        exchange.addRequestWrapper((factory, of) -> new RequestBody(factory.create(), of));
        exchange.addResponseWrapper((factory, of) -> new AnswerBody(factory.create(), of));
    }

    /** Forgets at each read, for one of them is that which finds the end. */
    private static final class RequestBody extends AbstractStreamSourceConduit<StreamSourceConduit> {
        private final HttpServerExchange exchange;

        RequestBody(StreamSourceConduit next, HttpServerExchange exchange) {
            super(next);
            this.exchange = exchange;
        }

        @Override
        public int read(ByteBuffer to) throws IOException {
            int bytes = super.read(to);
            forget();
            return bytes;
        }

        @Override
        public long read(ByteBuffer[] to, int offset, int length) throws IOException {
            long bytes = super.read(to, offset, length);
            forget();
            return bytes;
        }

        @Override
        public long transferTo(long position, long count, FileChannel target) throws IOException {
            long bytes = super.transferTo(position, count, target);
            forget();
            return bytes;
        }

        @Override
        public long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
            long bytes = super.transferTo(count, throughBuffer, target);
            forget();
            return bytes;
        }

        private void forget() {
            exchange.removeAttachment(HttpAttachments.REQUEST_TRAILERS);
        }
    }

    /** Forgets before the end is written. */
    private static final class AnswerBody extends AbstractStreamSinkConduit<StreamSinkConduit> {
        private final HttpServerExchange exchange;

        AnswerBody(StreamSinkConduit next, HttpServerExchange exchange) {
            super(next);
            this.exchange = exchange;
        }

        @Override
        public void terminateWrites() throws IOException {
            exchange.removeAttachment(HttpAttachments.RESPONSE_TRAILERS);
            super.terminateWrites();
        }
    }
}
