package io.fingerpost.registry.http;

import io.fingerpost.contract.api.FailureReport;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.WireJson;
import io.fingerpost.registry.RequestRejected;
import io.undertow.io.Receiver;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;

/** Reads a request's body into a record, and writes one as the answer. */
final class Body {
    /** A full holdings update stays below it, unless many of its representations are above 128 GiB and held in part. */
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_REPORTS = 32 << 10;
    /** Of what is read on an I/O thread. */
    private static final int MAX_SMALL = 4 << 10;
    private static final String JSON = "application/json";
    /** Time for the whole body, however slowly it drips. */
    private static final int MAX_SECONDS = 10;

    /** Longest part of a stranger's text that an error repeats. */
    private static final int MAX_SHOWN = 100;

    private final JsonMapper json = WireJson.strict();

    /** What is made of a record. */
    interface Taker<T> {
        void take(T value) throws IOException;
    }

    /**
     * Reads JSON, waiting for it.
     *
     * @throws RequestRejected 413, 415 or 400 if the body is not such a record
     */
    <T> T readJson(HttpServerExchange exchange, Class<T> type) throws IOException {
        requireType(exchange, JSON);
        return parseJson(readBounded(exchange, MAX_BYTES), type);
    }

    /**
     * Reads the binary form of an update, waiting for it.
     *
     * @throws RequestRejected 413, 415 or 400 if the body is none
     */
    HoldingsUpdate readHoldings(HttpServerExchange exchange) throws IOException {
        requireType(exchange, HoldingsUpdate.MEDIA_TYPE);
        byte[] body = readBounded(exchange, MAX_BYTES);
        try {
            return HoldingsUpdate.parse(body);
        } catch (IllegalArgumentException e) {
            throw new RequestRejected(400, "bad-holdings", String.valueOf(e.getMessage()));
        }
    }

    /**
     * Reads clients' reports, waiting for them.
     *
     * @throws RequestRejected 413, 415 or 400 if the body is no list of reports
     */
    List<FailureReport> readReports(HttpServerExchange exchange) throws IOException {
        requireType(exchange, FailureReport.MEDIA_TYPE);
        byte[] body = readBounded(exchange, MAX_REPORTS);
        try {
            return FailureReport.parseAll(body);
        } catch (IllegalArgumentException e) {
            throw new RequestRejected(400, "bad-report", String.valueOf(e.getMessage()));
        }
    }

    /**
     * Reads a small JSON body on the I/O thread, without waiting: what comes of it may happen after this has returned.
     *
     * @throws RequestRejected 415; what is wrong with the body itself is answered, as 413 or 400
     */
    <T> void receiveJson(HttpServerExchange exchange, Class<T> type, Taker<T> taker) {
        requireType(exchange, JSON);
        var receiver = exchange.getRequestReceiver();
        receiver.setMaxBufferSize(MAX_SMALL);
        receiver.receiveFullBytes(
                (received, body) -> new ErrorHandler(_ -> taker.take(parseJson(body, type))).handleRequest(received),
                (received, why) -> new ErrorHandler(_ -> {
                    if (why instanceof Receiver.RequestToLargeException) {
                        throw tooLarge(MAX_SMALL);
                    }
                    throw why;
                }).handleRequest(received));
    }

    private static void requireType(HttpServerExchange exchange, String wanted) {
        String mediaType = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
        if (mediaType == null
                || !mediaType.equals(wanted) && !mediaType.split(";", 2)[0].strip().equalsIgnoreCase(wanted)) {
            throw new RequestRejected(415, "wrong-type", "the body has to be " + wanted);
        }
    }

    private <T> T parseJson(byte[] body, Class<T> type) {
        try {
            return WireJson.read(json, body, type);
        } catch (JacksonException e) {
            throw new RequestRejected(400, "bad-json", reason(e));
        }
    }

    private static byte[] readBounded(HttpServerExchange exchange, int most) throws IOException {
        if (exchange.getRequestContentLength() > most) {
            throw tooLarge(most);
        }
        var hurry = exchange.getIoThread().executeAfter(() -> IoUtils.safeClose(exchange.getConnection()), MAX_SECONDS,
                TimeUnit.SECONDS);
        try {
            exchange.startBlocking();
            byte[] body = exchange.getInputStream().readNBytes(most + 1);
            if (body.length > most) {
                throw tooLarge(most);
            }
            return body;
        } finally {
            hurry.remove();
        }
    }

    private static RequestRejected tooLarge(int most) {
        return new RequestRejected(413, "body-too-large", "at most " + most + " bytes are taken");
    }

    /** What is wrong and where, without class names and with little of what was sent. */
    private static String reason(JacksonException e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String where = e.getPath().stream().map(Body::name).collect(Collectors.joining("."));
        String what = root instanceof IllegalArgumentException && root.getMessage() != null
                ? root.getMessage()
                : plainWords(e);
        return where.isEmpty() ? what : where + ": " + what;
    }

    private static String name(JacksonException.Reference step) {
        String property = step.getPropertyName();
        return property == null ? String.valueOf(step.getIndex()) : shortened(property);
    }

    private static String plainWords(JacksonException e) {
        if (e instanceof UnrecognizedPropertyException) {
            return "no such field is known";
        }
        String message = e.getOriginalMessage();
        if (message.startsWith("Numeric value")) {
            return "out of range";
        }
        boolean aboutTypes = message.startsWith("Cannot ");
        // What follows the first few words tells of Java types and of the parser's options.
        return aboutTypes
                ? "not of the type that is wanted"
                : shortened(message.lines().findFirst().orElse("").replaceAll("[(:;`].*", "").strip());
    }

    private static String shortened(String text) {
        return text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "…" : text;
    }

    void write(HttpServerExchange exchange, int status, @Nullable Object value) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        if (value != null) {
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, JSON);
            exchange.getResponseSender().send(ByteBuffer.wrap(json.writeValueAsBytes(value)));
        }
    }
}
