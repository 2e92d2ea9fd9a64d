package io.fingerpost.broker.redis;

import io.fingerpost.broker.Broker;
import io.fingerpost.broker.BrokerConfig;
import io.fingerpost.broker.BrokerMain;
import io.fingerpost.broker.Origins;
import io.fingerpost.broker.RawOrigin;
import io.fingerpost.broker.RegistryProcess;
import io.fingerpost.contract.config.ConfigLoader;
import io.fingerpost.contract.config.HostPort;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** Two brokers and a registry by itself on one Redis, an origin with one file, and a client of each broker who asks for it all the time. */
final class SharedSystem implements AutoCloseable {
    static final Duration LEASE = Duration.ofSeconds(6);
    static final byte[] FILE = Origins.bytes(5_000);

    /** Many systems that start at a time would all be slow to answer. */
    private static final Lock STARTING = new ReentrantLock(true);

    private final Deque<Closeable> parts = new ArrayDeque<>();
    private final List<LivePeer> peers = new CopyOnWriteArrayList<>();
    private final Path data;
    private final String redis;
    private final RawOrigin origin;
    private final URI registry;
    private final URI first;
    private final URI admin;
    private final Duration toStart;
    private final SteadyClient ofFirst;
    private final SteadyClient ofSecond;

    /** @param redis its URL */
    static SharedSystem start(Path data, String redis) throws IOException {
        STARTING.lock();
        try {
            return new SharedSystem(data, redis);
        } finally {
            STARTING.unlock();
        }
    }

    private SharedSystem(Path data, String redis) throws IOException {
        this.data = data;
        this.redis = redis;
        this.origin = origin();
        parts.push(origin::close);
        long begun = System.nanoTime();
        Broker one = broker("first");
        this.first = url(one);
        this.admin = url(one.adminAddress());
        URI second = url(broker("second"));
        this.registry = registry();
        this.toStart = Duration.ofNanos(System.nanoTime() - begun);
        this.ofFirst = client("a client of the first broker", first);
        this.ofSecond = client("a client of the second broker", second);
    }

    /** One that has the file at every path. */
    static RawOrigin origin() throws IOException {
        return new RawOrigin(connection -> {
            while (connection.readHead()) {
                connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nETag: \"v1\"\r\n"
                        + "Cache-Control: public, max-age=3600\r\nContent-Length: " + FILE.length + "\r\n\r\n");
                connection.write(FILE);
            }
        });
    }

    private SteadyClient client(String name, URI broker) {
        var client = new SteadyClient(name, broker.resolve("/map.pak"), FILE, peers);
        parts.push(client::close);
        return client;
    }

    private Broker broker(String name) {
        var broker = new Broker(() -> config(name), InstantSource.system());
        parts.push(broker::close);
        broker.start();
        return broker;
    }

    private static URI url(Broker broker) {
        return url(broker.edge().plainAddress().orElseThrow());
    }

    private URI registry() {
        var process = new RegistryProcess(() -> config("registry"), InstantSource.system());
        parts.push(process::close);
        process.start();
        return url(process.listeners().plainAddress().orElseThrow());
    }

    private BrokerConfig config(String name) {
        var loader = new ConfigLoader(BrokerMain.class, "broker-defaults.yaml", Map.of());
        Map.of("data", data.resolve(name).toString(), "origin.url", origin.url(), "registry.store", redis,
                "edge.listen", "127.0.0.1:0", "admin.listen", "127.0.0.1:0", "edge.drain-timeout", "100ms",
                "registry.allow-peers", "127.0.0.0/8", "lease.ttl", LEASE.toSeconds() + "s", "lease.heartbeat", "2s")
                .forEach((key, value) -> loader.set(key, value, "test"));
        loader.set("edge.retry-window", "0s", "test"); // the clients come back all the time
        return loader.bind(BrokerConfig.class);
    }

    private static URI url(HostPort address) {
        return URI.create("http://" + address + "/");
    }

    /** A peer comes that reports to the registry. */
    LivePeer addPeer() throws IOException {
        return peer(registry);
    }

    /** A peer comes that reports to the first broker. */
    void addPeerOfFirst() throws IOException {
        peer(first);
    }

    private LivePeer peer(URI at) throws IOException {
        var peer = new LivePeer(at, FILE);
        parts.push(peer::close);
        peers.add(peer);
        return peer;
    }

    /** What the first broker's metrics say: whether it shares with others. */
    boolean isSharing() throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(admin.resolve("/metrics")).build(), BodyHandlers.ofString())
                    .body().contains("fingerpost_registry_sharing 1.0\n");
        }
    }

    /** How long brokers and registry took. */
    Duration toStart() {
        return toStart;
    }

    SteadyClient ofFirst() {
        return ofFirst;
    }

    SteadyClient ofSecond() {
        return ofSecond;
    }

    /** Waits until clients of both brokers are offered each peer that lives. */
    void awaitAllPeers(Duration patience) {
        ofFirst.awaitAllPeers(patience);
        ofSecond.awaitAllPeers(patience);
    }

    void assertAllAnswersWereGood() {
        ofFirst.assertAllAnswersWereGood();
        ofSecond.assertAllAnswersWereGood();
    }

    @Override
    public void close() throws IOException {
        for (Closeable part : parts) {
            part.close();
        }
    }
}
