package io.fingerpost.deploy.clients;

import com.sun.net.httpserver.HttpExchange;
import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.contract.http.ByteRange.Span;
import java.io.IOException;
import java.util.Map;

/** Something that the test's origin serves and peers hold. */
final class Resource {
    private final String path;
    private final byte[] content;
    private final Sha256 digest;
    private final Map<String, String> fields;

    /** @param fields header fields that the origin and all peers send with it */
    Resource(String path, byte[] content, Map<String, String> fields) {
        this.path = path;
        this.content = content;
        this.digest = Sha256.digestOf(content);
        this.fields = Map.copyOf(fields);
    }

    /** At the origin. */
    String path() {
        return path;
    }

    /** At peers. */
    String niPath() {
        return NiPath.of(digest);
    }

    byte[] content() {
        return content;
    }

    Sha256 digest() {
        return digest;
    }

    /** Answers with it, or with the single range that is asked for; {@code conduct} sends the bytes. */
    void send(HttpExchange exchange, Conduct conduct) throws IOException {
        var answer = exchange.getResponseHeaders();
        fields.forEach(answer::set);
        answer.set("ETag", "\"" + digest + "\"");
        answer.set("Accept-Ranges", "bytes");
        ByteRange range = ByteRange.parse(exchange.getRequestHeaders().getFirst("Range"));
        Span span = range.resolve(content.length);
        if (span == null) {
            answer.set("Content-Range", "bytes */" + content.length);
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        boolean part = range instanceof ByteRange.FromTo || range instanceof ByteRange.Suffix;
        if (part) {
            answer.set("Content-Range", span.contentRange(content.length));
        }
        exchange.sendResponseHeaders(part ? 206 : 200, span.length());
        conduct.send(content, span, exchange.getResponseBody());
    }
}
