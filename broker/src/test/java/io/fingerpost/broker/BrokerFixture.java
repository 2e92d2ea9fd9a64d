package io.fingerpost.broker;

import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.config.ConfigLoader;
import io.fingerpost.contract.config.HostPort;
import io.fingerpost.registry.locality.Locator;
import io.fingerpost.registry.locality.Place;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** A broker on ports of its own, a clock that a test moves, and a client that follows no redirect. */
public final class BrokerFixture implements AutoCloseable {
    private static final Pattern COUNT = Pattern
            .compile("fingerpost_broker_requests_total\\{decision=\"(\\w+)\",reason=\"(\\w+)\"} ([0-9.]+)");

    private final TestClock clock = new TestClock();
    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5)).build();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Broker broker;

    /**
     * Starts a broker.
     *
     * @param settings `key=value`, over the defaults
     */
    public BrokerFixture(Path data, String origin, String... settings) {
        this(() -> loader(data, origin, settings).bind(BrokerConfig.class));
    }

    private BrokerFixture(Supplier<BrokerConfig> source) {
        this.broker = new Broker(source, clock);
        this.broker.start();
    }

    /** Starts a broker whose file is read again at each reload. */
    public static BrokerFixture withFile(Path data, String origin, Path file, String... settings) {
        return new BrokerFixture(() -> loader(data, origin, settings).file(file).bind(BrokerConfig.class));
    }

    private static ConfigLoader loader(Path data, String origin, String... settings) {
        var loader = loader().set("data", data.toString(), "test").set("origin.url", origin, "test")
                .set("edge.listen", "127.0.0.1:0", "test").set("admin.listen", "127.0.0.1:0", "test")
                .set("registry.allow-peers", "127.0.0.0/8", "test")
                .set("edge.drain-timeout", "100ms", "test")
                .set("edge.retry-window", "0s", "test") // tests ask for the same thing again and again
                .set("spool.linger", "0s", "test"); // origins change from one request to the next
        for (String setting : settings) {
            loader.set(setting.substring(0, setting.indexOf('=')), setting.substring(setting.indexOf('=') + 1), "test");
        }
        return loader;
    }

    static ConfigLoader loader() {
        return new ConfigLoader(BrokerMain.class, "broker-defaults.yaml", Map.of());
    }

    public TestClock clock() {
        return clock;
    }

    public HostPort edge() {
        return broker.edge().plainAddress().orElseThrow();
    }

    public HostPort edgeTls() {
        return broker.edge().tlsAddress().orElseThrow();
    }

    /** Has configuration and certificate read again, as the operator would. */
    public void reload() {
        broker.reload();
    }

    /** An address's site and autonomous system, as the broker sees it now: `SITE ASNUMBER`. */
    public String whereIs(String address) throws IOException {
        Locator locator = broker.locator().current();
        Place place = locator.locate(InetAddress.getByName(address));
        return locator.siteLabel(place) + " AS" + place.asn();
    }

    public HostPort admin() {
        return broker.adminAddress();
    }

    public URI uri(String path) {
        return URI.create("http://" + edge() + path);
    }

    public RegistryClient registry() {
        return new RegistryClient(uri("/"));
    }

    public Representation representation(Sha256 digest) throws IOException {
        return registry().representation(digest);
    }

    /** @param fields name, value, name, value … */
    public HttpResponse<byte[]> get(String path, String... fields) throws IOException {
        return send("GET", path, BodyPublishers.noBody(), fields);
    }

    public HttpResponse<byte[]> get(URI uri) throws IOException {
        return send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(), BodyHandlers.ofByteArray());
    }

    public HttpResponse<byte[]> send(String method, String path, HttpRequest.BodyPublisher body, String... fields)
            throws IOException {
        var request = HttpRequest.newBuilder(uri(path)).method(method, body).timeout(Duration.ofSeconds(20));
        if (fields.length > 0) {
            request.headers(fields);
        }
        return send(request.build(), BodyHandlers.ofByteArray());
    }

    public <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> body) throws IOException {
        try {
            return http.send(request, body);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    public HttpResponse<String> admin(String path) throws IOException {
        return send(HttpRequest.newBuilder(URI.create("http://" + admin() + path)).build(), BodyHandlers.ofString());
    }

    /** Requests so far by `decision reason`; only those that are not 0. */
    public Map<String, Integer> requests() throws IOException {
        var counts = new TreeMap<String, Integer>();
        COUNT.matcher(admin("/metrics").body()).results().forEach(found -> {
            int count = (int) Double.parseDouble(found.group(3));
            if (count > 0) {
                counts.put(found.group(1) + " " + found.group(2), count);
            }
        });
        return counts;
    }

    /** How the one request that {@code request} makes was decided, as `decision reason`. */
    public String decisionOn(Callable<?> request) throws Exception {
        var before = requests();
        request.call();
        var added = new TreeMap<String, Integer>();
        requests().forEach((decision, count) -> added.put(decision, count - before.getOrDefault(decision, 0)));
        added.values().removeIf(count -> count == 0);
        if (!added.values().stream().toList().equals(List.of(1))) {
            throw new AssertionError("not one request was counted but " + added);
        }
        return added.firstKey();
    }

    /** What a request for {@code path} by a client that verifies is decided to be. */
    public String decisionOn(String path) throws Exception {
        return decisionOn(() -> get(path, "Want-Repr-Digest", "sha-256=10"));
    }

    /** Stops the broker as a signal would. */
    public void closeBroker() {
        if (!closed.getAndSet(true)) {
            broker.close();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
        closeBroker();
    }
}
