package io.fingerpost.deploy.clients;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The site's own server: serves what a test puts there, counts, and keeps what pages report. */
final class TestOrigin implements AutoCloseable {
    /** What is posted below it is kept. */
    static final String REPORTS = "/reports/";

    private final HttpServer server;
    private final Map<String, Resource> resources = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();
    private final Map<String, String> reports = new ConcurrentHashMap<>();

    TestOrigin() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::serve);
        server.createContext(REPORTS, this::keepReport);
        server.start();
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.computeIfAbsent(path, _ -> new AtomicInteger()).incrementAndGet();
        try (exchange) {
            Resource resource = resources.get(path);
            if (resource == null) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                resource.send(exchange, Conduct.HONEST);
            }
        }
    }

    private void keepReport(HttpExchange exchange) throws IOException {
        try (exchange) {
            String text = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            reports.put(exchange.getRequestURI().getPath().substring(REPORTS.length()), text);
            exchange.sendResponseHeaders(204, -1);
        }
    }

    void put(Resource resource) {
        resources.put(resource.path(), resource);
    }

    /** What was posted, by its name. */
    Map<String, String> reports() {
        return reports;
    }

    /** How often it was asked for {@code resource}. */
    int timesAsked(Resource resource) {
        var times = asked.get(resource.path());
        return times == null ? 0 : times.get();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
