package io.fingerpost.registry.http;

import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.registry.RegistryFixture;
import io.fingerpost.registry.representation.ResourceNames;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The registry's API on a real server on loopback, and ways to speak to it that no agent would choose. */
final class ApiServer implements AutoCloseable {
    final RegistryFixture fixture = new RegistryFixture();
    private final RegistryApi api = new RegistryApi(fixture.registry, fixture.swarms, ResourceNames.PLAIN,
            fixture.reports);
    private final HttpClient http = HttpClient.newHttpClient();
    private final Undertow server = Undertow.builder().setIoThreads(1).setWorkerThreads(1)
            .setServerOption(UndertowOptions.DECODE_URL, false) // as the broker has it
            .addHttpListener(0, "127.0.0.1", api).build();
    private final int port;

    ApiServer() {
        server.start();
        port = ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort();
    }

    /** All that it serves, such as `GET /a/{b}`. */
    List<String> routes() {
        return api.listedRoutes();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** A request below the API's own prefix, with JSON if there is a body and nothing else is said of it. */
    HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        BodyPublisher publisher = body.isEmpty()
                ? BodyPublishers.noBody()
                : BodyPublishers.ofString(body, StandardCharsets.ISO_8859_1);
        var request = HttpRequest.newBuilder(uri(ApiPaths.EMBEDDED + path)).method(method, publisher)
                .setHeader("Content-Type", "application/json");
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String absolutePath) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(absolutePath)).build(), BodyHandlers.ofString());
    }

    /** Everything that comes back for these very bytes. */
    String raw(String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Override
    public void close() {
        http.close();
        server.stop();
        api.close();
    }
}
