package io.fingerpost.agent.fetch;

import io.fingerpost.agent.fetch.Fetched.Running;
import io.fingerpost.contract.http.ByteRange.Span;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Map;

/** Hands over what a transfer gets, as it is verified; and when that breaks off, for instance because the disk is full, what is left. */
final class Delivery {
    private static final int BUFFER = 64 * 1024;

    private final BrokerClient broker;

    Delivery(BrokerClient broker) {
        this.broker = broker;
    }

    /** Passes on a part, and closes the reader. The origin's bytes follow where the transfer ends early: what was begun is finished. */
    void copy(String resource, Running running, Span span, OutputStream out) throws IOException {
        var reader = running.reader();
        var buffer = new byte[BUFFER];
        reader.seek(span.first());
        try (reader) {
            int count = 0;
            while (count >= 0 && reader.position() <= span.last()) {
                count = readUnlessFailed(reader, buffer, span.last() + 1 - reader.position());
                out.write(buffer, 0, Math.max(0, count));
            }
        }
        if (reader.position() <= span.last()) {
            try (InputStream tail = tail(resource, running.transfer(), new Span(reader.position(), span.last()))) {
                tail.transferTo(out);
            }
        }
    }

    private static int readUnlessFailed(Transfer.Reader reader, byte[] buffer, long most) {
        try {
            return reader.read(ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, most)));
        } catch (IOException e) {
            return -1; // why, the transfer has logged
        }
    }

    /** The origin's bytes of a part; another version's would not fit, and is refused. */
    private InputStream tail(String resource, Transfer transfer, Span span) throws IOException {
        String etag = transfer.headers().getOrDefault("ETag", "");
        boolean isToTheEnd = span.last() == transfer.size() - 1;
        String range = "bytes=" + span.first() + "-" + (isToTheEnd ? "" : span.last());
        var answer = broker.fromOrigin("GET", resource, Map.of("Range", range, "If-Range", etag));
        boolean same = answer.headers().firstValue("ETag").filter(etag::equals).isPresent();
        boolean whole = answer.statusCode() == 200
                && answer.headers().firstValueAsLong("Content-Length").orElse(-1) == transfer.size();
        String wanted = span.contentRange(transfer.size());
        boolean rest = answer.statusCode() == 206
                && answer.headers().firstValue("Content-Range").filter(wanted::equals).isPresent();
        if (!same || !(whole && isToTheEnd) && !rest) {
            answer.body().close();
            throw new IOException(
                    "the origin does not have the version that was begun (status " + answer.statusCode() + ")");
        }
        if (whole) {
            answer.body().skipNBytes(span.first());
        }
        return answer.body();
    }
}
