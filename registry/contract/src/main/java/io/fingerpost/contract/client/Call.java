package io.fingerpost.contract.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** One request to a registry, which is small, and its answer, which is bounded. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares calls
record Call(String method, URI url, Optional<String> bearer, String mediaType, byte @Nullable [] body,
        Duration timeout) {
    static final Duration TIMEOUT = Duration.ofSeconds(15);

    /** What came back. */
    record Answer(int status, byte[] body) {}

    static Call get(URI url) {
        return new Call("GET", url, Optional.empty(), "application/json", null, TIMEOUT);
    }

    static Call delete(URI url) {
        return new Call("DELETE", url, Optional.empty(), "application/json", null, TIMEOUT);
    }

    static Call post(URI url, byte[] body) {
        return new Call("POST", url, Optional.empty(), "application/json", body, TIMEOUT);
    }

    Call bearing(Optional<String> secret) {
        return new Call(method, url, secret, mediaType, body, timeout);
    }

    Call as(String type) {
        return new Call(method, url, bearer, type, body, timeout);
    }

    /** @param time until the answer begins, and between its parts */
    Call within(Duration time) {
        return new Call(method, url, bearer, mediaType, body, time);
    }

    /** @throws IOException also if the answer has more bytes than {@code most}; its message says what went wrong */
    Answer send(Optional<SSLContext> tls, int most) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new IOException("interrupted before " + url.getRawAuthority() + " was asked"); // a virtual thread is also while it waits
        }
        try {
            return exchange(open(tls), most);
        } catch (ConnectException e) {
            throw new IOException("no connection to " + url.getRawAuthority(), e);
        }
    }

    private HttpURLConnection open(Optional<SSLContext> tls) throws IOException {
        var connection = BlockingConnection.open(url, TIMEOUT, timeout)
                .orElseThrow(() -> new IOException("no HTTP URL: " + url));
        if (connection instanceof HttpsURLConnection secured && tls.isPresent()) {
            secured.setSSLSocketFactory(tls.get().getSocketFactory());
        }
        connection.setRequestMethod(method);
        connection.setRequestProperty("Accept", "application/json");
        connection.setRequestProperty("Content-Type", mediaType);
        connection.setRequestProperty("User-Agent", "fingerpost");
        bearer.ifPresent(secret -> connection.setRequestProperty("Authorization", "Bearer " + secret));
        return connection;
    }

    private Answer exchange(HttpURLConnection connection, int most) throws IOException {
        if (body != null) {
            connection.setDoOutput(true);
            try (var out = connection.getOutputStream()) {
                out.write(body);
            }
        }
        int status = connection.getResponseCode();
        try (InputStream in = BlockingConnection.body(connection)) {
            byte[] answer = in.readNBytes(most + 1);
            if (answer.length > most) {
                throw new IOException("the registry's answer has more than " + most + " bytes");
            }
            return new Answer(status, answer);
        }
    }
}
