package io.fingerpost.contract.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Requests by the JDK's older, blocking client, for what is small and frequent: it takes a third of the processor time that the newer
 * one does. Like the newer one, it goes by the proxies that the system properties name.
 */
public final class BlockingConnection {
    private BlockingConnection() {}

    /**
     * A request that has not been sent yet. Redirects are not followed, and nothing is cached.
     *
     * @param silence longest time until the answer begins, and between its parts
     * @return empty if the URL is not one of HTTP
     */
    public static Optional<HttpURLConnection> open(URI url, Duration connectTimeout, Duration silence)
            throws IOException {
        if (!isHttp(url) || !(url.toURL().openConnection() instanceof HttpURLConnection connection)) {
            return Optional.empty();
        }
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout((int) connectTimeout.toMillis());
        connection.setReadTimeout((int) silence.toMillis());
        return Optional.of(connection);
    }

    private static boolean isHttp(URI url) {
        return url.getAuthority() != null
                && ("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()));
    }

    /** The body of the answer, whatever its status; sends the request if that has not happened. */
    public static InputStream body(HttpURLConnection connection) throws IOException {
        InputStream body = connection.getResponseCode() >= 400
                ? connection.getErrorStream()
                : connection.getInputStream();
        return body == null ? InputStream.nullInputStream() : body;
    }
}
