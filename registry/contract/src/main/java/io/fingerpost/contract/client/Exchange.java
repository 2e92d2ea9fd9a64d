package io.fingerpost.contract.client;

import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;

/** Sends a request and waits for the answer, with failures that can be told to somebody. */
public final class Exchange {
    private Exchange() {}

    /** @throws IOException also when interrupted; its message says what went wrong */
    public static <T> HttpResponse<T> send(HttpClient http, HttpRequest request, BodyHandler<T> body)
            throws IOException {
        String server = request.uri().getRawAuthority();
        try {
            return http.send(request, body);
        } catch (ConnectException e) {
            var told = new ConnectException("no connection to " + server); // the client's own message is often null
            told.initCause(e);
            throw told;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + server, e);
        }
    }
}
