package io.fingerpost.broker.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.broker.Broker;
import io.fingerpost.broker.BrokerConfig;
import io.fingerpost.broker.BrokerMain;
import io.fingerpost.broker.RawOrigin;
import io.fingerpost.broker.RegistryProcess;
import io.fingerpost.contract.config.ConfigLoader;
import io.fingerpost.testing.redis.FreePort;
import io.fingerpost.testing.redis.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two brokers and two registries are restarted one after the other, while clients and peers go on. */
class RollingRestartIT {
    private static final byte[] FILE = SharedSystem.FILE;

    @TempDir
    private Path data;

    private final RedisProcess redis = RedisProcess.start();
    private final RawOrigin origin = origin();
    private final List<Integer> brokerPorts = List.of(FreePort.choose(), FreePort.choose());
    private final List<Integer> registryPorts = List.of(FreePort.choose(), FreePort.choose());
    private final List<AutoCloseable> processes = new ArrayList<>();
    private final List<AutoCloseable> others = new ArrayList<>();

    private static RawOrigin origin() {
        try {
            return SharedSystem.origin();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private BrokerConfig config(String name, int port) {
        var loader = new ConfigLoader(BrokerMain.class, "broker-defaults.yaml", Map.of());
        Map.of("data", data.resolve(name).toString(), "origin.url", origin.url(), "registry.store", redis.url(),
                "edge.listen", "127.0.0.1:" + port, "admin.listen", "127.0.0.1:0", "edge.retry-window", "0s",
                "registry.allow-peers", "127.0.0.0/8", "lease.ttl", "6s", "lease.heartbeat", "1s", "registry.urls",
                "http://127.0.0.1:" + registryPorts.get(0) + ",http://127.0.0.1:" + registryPorts.get(1))
                .forEach((key, value) -> loader.set(key, value, "test"));
        return loader.bind(BrokerConfig.class);
    }

    private AutoCloseable broker(int i) {
        var broker = new Broker(() -> config("broker-" + i, brokerPorts.get(i)), InstantSource.system());
        broker.start();
        return broker;
    }

    private AutoCloseable registry(int i) {
        var registry = new RegistryProcess(() -> config("registry-" + i, registryPorts.get(i)), InstantSource.system());
        registry.start();
        return registry;
    }

    @AfterEach
    void stop() throws Exception {
        for (var each : others) {
            each.close();
        }
        for (var each : processes) {
            each.close();
        }
        origin.close();
        redis.close();
    }

    /** A client behind a balancer, which takes another broker when one does not answer. */
    private final class BalancedClient implements AutoCloseable {
        final List<String> lost = new CopyOnWriteArrayList<>();
        final AtomicInteger redirected = new AtomicInteger();
        private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        private final Thread thread = Thread.ofPlatform().name("balanced-client").start(this::run);

        private void run() {
            for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
                try {
                    ask(i);
                    Thread.sleep(5);
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        private void ask(int i) throws InterruptedException {
            List<String> tried = new ArrayList<>();
            for (int k = 0; k < brokerPorts.size(); k++) {
                int port = brokerPorts.get((i + k) % brokerPorts.size());
                try {
                    look(http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/map.pak"))
                            .header("Want-Repr-Digest", "sha-256=10").timeout(Duration.ofSeconds(10)).build(),
                            BodyHandlers.ofByteArray()));
                    return;
                } catch (IOException e) {
                    tried.add(e.toString());
                }
            }
            lost.add(String.join(", ", tried));
        }

        private void look(HttpResponse<byte[]> answer) {
            if (answer.statusCode() == 302) {
                redirected.incrementAndGet();
            } else if (answer.statusCode() != 200 || !Arrays.equals(answer.body(), FILE)) {
                lost.add(answer.toString());
            }
        }

        @Override
        public void close() {
            thread.interrupt();
            await().until(() -> !thread.isAlive());
            http.shutdownNow();
        }
    }

    @Test
    void noRequestIsLostAndNoPeerRegistersTwice() throws Exception {
        for (int i = 0; i < 2; i++) {
            processes.add(broker(i));
            processes.add(registry(i));
        }
        var anybody = URI.create("http://127.0.0.1:" + brokerPorts.getFirst() + "/");
        var peers = List.of(new LivePeer(anybody, FILE), new LivePeer(anybody, FILE));
        others.addAll(peers);
        var client = new BalancedClient();
        others.add(client);
        await().until(() -> client.redirected.get() > 20);

        for (int i = 0; i < processes.size(); i++) {
            processes.get(i).close();
            processes.set(i, i % 2 == 0 ? broker(i / 2) : registry(i / 2));
            int before = client.redirected.get();
            await().until(() -> client.redirected.get() > before + 20);
        }

        client.close();
        assertThat(client.lost).isEmpty();
        assertThat(peers).allSatisfy(peer -> {
            assertThat(peer.registrations()).isOne();
            assertThat(peer.failures()).isEmpty();
        });
    }
}
