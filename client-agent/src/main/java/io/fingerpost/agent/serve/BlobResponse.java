package io.fingerpost.agent.serve;

import io.fingerpost.agent.store.Portion;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.contract.http.ByteRange.Span;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

/** Answers GET and HEAD with a representation or a range of it, if that can be read, under the origin's own fields (RFC 9110 §13, §14). */
public final class BlobResponse {
    private static final HttpString REPR_DIGEST = new HttpString(FieldNames.REPR_DIGEST);
    private static final HttpString CONTENT_DIGEST = new HttpString(FieldNames.CONTENT_DIGEST);
    private static final HttpString CONTENT_TYPE_OPTIONS = new HttpString("X-Content-Type-Options");
    /** Replayed fields that a 304 had better not repeat (RFC 9110 §15.4.5). */
    private static final List<String> NOT_ON_304 = List.of("Content-Type", "Content-Language", "Content-Disposition",
            "Last-Modified");
    /** Longest part that is hashed for its `Content-Digest`; a longer one would cost too much before its first byte. */
    private static final long MAX_HASHED_PART = 16L << 20;

    private BlobResponse() {}

    /**
     * Sends; blocking on the disk for the head, not for the body. Closes {@code portion} in the end.
     *
     * @param sending of the body if there is one
     */
    public static void send(HttpServerExchange exchange, Portion portion, Sending sending) throws IOException {
        exchange.addExchangeCompleteListener((_, next) -> {
            IoUtils.safeClose(portion.file());
            next.proceed();
        });
        var representation = portion.representation();
        if (isNotModified(exchange, representation)) {
            replay(exchange, representation);
            NOT_ON_304.forEach(exchange.getResponseHeaders()::remove);
            exchange.setStatusCode(StatusCodes.NOT_MODIFIED);
            exchange.endExchange();
            return;
        }
        ByteRange range = requestedRange(exchange, representation);
        Span span = range.resolve(representation.size());
        if (span == null) {
            exchange.getResponseHeaders().put(Headers.CONTENT_RANGE, "bytes */" + representation.size());
            Problems.send(exchange, StatusCodes.REQUEST_RANGE_NOT_SATISFIABLE, "range-not-satisfiable",
                    "the representation has " + representation.size() + " bytes");
        } else if (!portion.covers(span.first(), span.last())) {
            Problems.send(exchange, StatusCodes.NOT_FOUND, "pieces-not-held",
                    "this peer holds the digest in part, and not all of these bytes; ask for the range of pieces that it announced");
        } else {
            boolean part = range instanceof ByteRange.FromTo || range instanceof ByteRange.Suffix;
            sendSpan(exchange, portion, span, part, sending);
        }
    }

    /** @param part whether a range was asked for */
    private static void sendSpan(HttpServerExchange exchange, Portion portion, Span span, boolean part,
            Sending sending) throws IOException {
        var representation = portion.representation();
        replay(exchange, representation);
        var fields = exchange.getResponseHeaders();
        fields.put(Headers.ACCEPT_RANGES, "bytes");
        fields.put(REPR_DIGEST, DigestField.format(representation.digest()));
        fields.put(CONTENT_TYPE_OPTIONS, "nosniff");
        if (part) {
            exchange.setStatusCode(StatusCodes.PARTIAL_CONTENT);
            fields.put(Headers.CONTENT_RANGE, span.contentRange(representation.size()));
            boolean wanted = wantsContentDigest(exchange);
            partDigest(representation, portion.file(), span, wanted)
                    .ifPresent(digest -> fields.put(CONTENT_DIGEST, DigestField.format(digest)));
        }
        exchange.setResponseContentLength(span.length());
        if (exchange.getRequestMethod().equals(Methods.HEAD)) {
            exchange.endExchange();
        } else {
            FileSender.send(exchange, portion.file(), span, sending);
        }
    }

    private static void replay(HttpServerExchange exchange, Representation representation) {
        var fields = exchange.getResponseHeaders();
        representation.headers().fields().forEach((name, value) -> fields.add(new HttpString(name), value));
        noTransform(fields);
    }

    /** Every byte counts under the digest, so nobody on the way may recode it. */
    private static void noTransform(HeaderMap fields) {
        String cacheControl = fields.getFirst(Headers.CACHE_CONTROL);
        if (cacheControl != null && !cacheControl.contains("no-transform")) {
            fields.put(Headers.CACHE_CONTROL, cacheControl + ", no-transform");
        }
    }

    /** RFC 9110 §13.1.2, §13.1.3; strong and weak tags compare alike here. */
    private static boolean isNotModified(HttpServerExchange exchange, Representation representation) {
        String wanted = exchange.getRequestHeaders().getFirst(Headers.IF_NONE_MATCH);
        if (wanted == null) {
            return isNotModifiedSince(exchange.getRequestHeaders().getFirst(Headers.IF_MODIFIED_SINCE),
                    representation.headers().get("Last-Modified"));
        }
        String etag = representation.headers().get("ETag");
        return etag != null && (wanted.strip().equals("*") || Arrays.stream(wanted.split(","))
                .map(tag -> tag.strip().replaceFirst("^W/", "")).anyMatch(etag::equals));
    }

    /** What is no date does not count. */
    private static boolean isNotModifiedSince(@Nullable String wanted, @Nullable String modified) {
        if (wanted == null || modified == null) {
            return false;
        }
        var since = date(wanted);
        var last = date(modified);
        return since.isPresent() && last.isPresent() && !last.get().isAfter(since.get());
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.strip(), Instant::from));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** The range, unless `If-Range` names another representation (RFC 9110 §13.1.5) or the method is not GET (§14.2). */
    private static ByteRange requestedRange(HttpServerExchange exchange, Representation representation) {
        var fields = exchange.getRequestHeaders();
        String condition = fields.getFirst(Headers.IF_RANGE);
        boolean stands = exchange.getRequestMethod().equals(Methods.GET)
                && (condition == null || condition.equals(representation.headers().get("ETag")));
        @Nullable
        String range = fields.getFirst(Headers.RANGE);
        return ByteRange.parse(stands ? range : null);
    }

    private static boolean wantsContentDigest(HttpServerExchange exchange) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(FieldNames.WANT_CONTENT_DIGEST))
                .filter(DigestField::wants).isPresent();
    }

    /** That of a piece is known; another costs three times what it costs to send the part, and has to be asked for (RFC 9530 §4). */
    private static Optional<Sha256> partDigest(Representation representation, FileChannel file, Span span,
            boolean wanted) throws IOException {
        var layout = representation.layout();
        int piece = layout.pieceAt(span.first());
        if (span.first() == layout.offset(piece) && span.length() == layout.length(piece)) {
            return Optional.of(representation.pieces().get(piece));
        }
        return wanted && span.length() <= MAX_HASHED_PART ? Optional.of(hash(file, span)) : Optional.empty();
    }

    private static Sha256 hash(FileChannel file, Span span) throws IOException {
        var digest = Sha256.newDigest();
        var buffer = ByteBuffer.allocate(64 * 1024);
        for (long at = span.first(); at <= span.last(); at += buffer.limit()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), span.last() + 1 - at));
            while (buffer.hasRemaining() && file.read(buffer, at + buffer.position()) >= 0) {
                // until the buffer is full
            }
            digest.update(buffer.flip());
        }
        return Sha256.of(digest.digest());
    }
}
