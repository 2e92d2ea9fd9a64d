package io.fingerpost.agent.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** A decent HTTP client. */
public final class Http {
    private static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER).build();

    private Http() {}

    /** @param fields names and values in turn */
    public static HttpResponse<byte[]> get(URI url, String... fields) throws IOException {
        return send("GET", url, fields);
    }

    public static HttpResponse<byte[]> send(String method, URI url, String... fields) throws IOException {
        var request = HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(20)).method(method,
                HttpRequest.BodyPublishers.noBody());
        for (int i = 0; i < fields.length; i += 2) {
            request.header(fields[i], fields[i + 1]);
        }
        try {
            return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}
