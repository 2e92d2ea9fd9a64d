package io.fingerpost.broker.collapse;

import io.fingerpost.broker.RawOrigin.Connection;
import io.fingerpost.contract.http.ByteRange;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/** A file as a static server serves it, with the rest of it to whoever has the beginning. */
record StaticFile(byte[] body, String etag) {
    static final String SHAREABLE = "Cache-Control: public, max-age=3600\r\n";

    /** The head of an answer with all of it, up to and without the empty line. */
    String head() {
        return "HTTP/1.1 200 OK\r\n" + SHAREABLE + "ETag: " + etag + "\r\nContent-Length: " + body.length + "\r\n";
    }

    /** The value of a field of the latest request. */
    static Optional<String> field(Connection connection, String name) {
        return connection.head().lines().filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
                .map(line -> line.substring(name.length() + 1).strip()).findFirst();
    }

    /** Answers the latest request. */
    void answer(Connection connection) throws IOException {
        var range = ByteRange.parse(field(connection, "Range").orElse(null));
        boolean same = field(connection, "If-Range").map(etag::equals).orElse(true);
        if (!same || range instanceof ByteRange.Whole) {
            connection.write(head() + "\r\n").write(body);
            return;
        }
        var span = Objects.requireNonNull(range.resolve(body.length));
        connection.write("HTTP/1.1 206 Partial Content\r\n" + SHAREABLE + "ETag: " + etag + "\r\nContent-Length: "
                + span.length() + "\r\nContent-Range: " + span.contentRange(body.length) + "\r\n\r\n")
                .write(Arrays.copyOfRange(body, (int) span.first(), (int) span.last() + 1));
    }

    /** Answers all requests on a connection. */
    void serve(Connection connection) throws IOException {
        while (connection.readHead()) {
            answer(connection);
        }
    }
}
