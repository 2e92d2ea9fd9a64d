package io.fingerpost.registry.http;

import io.fingerpost.contract.api.WireJson;
import io.fingerpost.registry.RequestRejected;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.json.JsonMapper;

/** Reads a request's JSON into a record, and writes one as the answer; blocking. */
final class JsonBody {
    /** A full holdings update with the largest piece sets stays below it. */
    private static final int MAX_BYTES = 1 << 20;
    /** Time for the whole body, however slowly it drips. */
    private static final int MAX_SECONDS = 10;

    private final JsonMapper json = WireJson.strict();

    /** @throws RequestRejected 413, 415 or 400 if the body is not such a record */
    <T> T read(HttpServerExchange exchange, Class<T> type) throws IOException {
        String mediaType = exchange.getRequestHeaders().getFirst(Headers.CONTENT_TYPE);
        if (mediaType == null || !mediaType.toLowerCase(Locale.ROOT).startsWith("application/json")) {
            throw new RequestRejected(415, "not-json", "the body has to be application/json");
        }
        byte[] body = readBounded(exchange);
        try {
            return json.readValue(body, type);
        } catch (JacksonException e) {
            throw new RequestRejected(400, "bad-json", reason(e));
        }
    }

    private static byte[] readBounded(HttpServerExchange exchange) throws IOException {
        if (exchange.getRequestContentLength() > MAX_BYTES) {
            throw tooLarge();
        }
        var hurry = exchange.getIoThread().executeAfter(() -> IoUtils.safeClose(exchange.getConnection()), MAX_SECONDS,
                TimeUnit.SECONDS);
        try {
            exchange.startBlocking();
            byte[] body = exchange.getInputStream().readNBytes(MAX_BYTES + 1);
            if (body.length > MAX_BYTES) {
                throw tooLarge();
            }
            return body;
        } finally {
            hurry.remove();
        }
    }

    private static RequestRejected tooLarge() {
        return new RequestRejected(413, "body-too-large", "at most " + MAX_BYTES + " bytes are taken");
    }

    /** What is wrong and where, without class names and without what was sent. */
    private static String reason(JacksonException e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String path = e instanceof DatabindException bind ? bind.getPathReference() : "";
        String where = path.replaceAll("[\\w.$]+\\[\"([^\"]+)\"]", "$1").replaceAll("[\\w.$]+\\[(\\d+)]", "$1")
                .replace("->", ".");
        String what = root instanceof IllegalArgumentException && root.getMessage() != null
                ? root.getMessage()
                : plainWords(e.getOriginalMessage());
        return where.isEmpty() ? what : where + ": " + what;
    }

    private static String plainWords(String message) {
        boolean aboutTypes = message.startsWith("Cannot ");
        return aboutTypes
                ? "not of the type that is wanted"
                : message.lines().findFirst().orElse("").replaceAll("\\(.*", "").strip();
    }

    void write(HttpServerExchange exchange, int status, @Nullable Object value) {
        exchange.setStatusCode(status);
        exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
        if (value != null) {
            exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "application/json");
            exchange.getResponseSender().send(json.writeValueAsString(value));
        }
    }
}
