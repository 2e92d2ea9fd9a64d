package io.fingerpost.agent.testing;

import io.fingerpost.agent.AgentConfig;
import io.fingerpost.agent.fetch.BrokerClient;
import io.fingerpost.agent.fetch.Fetched;
import io.fingerpost.agent.fetch.Fetched.Held;
import io.fingerpost.agent.fetch.Fetched.Passed;
import io.fingerpost.agent.fetch.Fetched.Running;
import io.fingerpost.agent.fetch.Fetcher;
import io.fingerpost.agent.fetch.HolderCounts;
import io.fingerpost.agent.fetch.OrderDesk;
import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.agent.store.ResourceIndex;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.config.ByteSize;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A fetcher with a store of its own, in front of a {@link FakeBroker}. */
public final class FetchRig implements BeforeEachCallback, AfterEachCallback {
    /** Patient enough for a busy machine; tests of impatience have their own. */
    public static final AgentConfig.Fetch PATIENT = new AgentConfig.Fetch(Duration.ofSeconds(10),
            Duration.ofSeconds(20), Duration.ofSeconds(20), ByteSize.parse("1"));
    private static final Duration PATIENCE = Duration.ofMillis(300);
    private static final long MAX_BYTES = 200L << 20;
    /** One for all: making one takes longer than most tests. */
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(PATIENT.connectTimeout()).build();

    private final FakeBroker broker = new FakeBroker();
    private final AgentConfig.Fetch config;
    private final long maxBytes;
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private Path directory;
    private BrokerClient client;
    private BlobStore store;
    private RegistryClient registry;
    private OrderDesk desk;
    private Fetcher fetcher;

    private FetchRig(AgentConfig.Fetch config, long maxBytes) {
        this.config = config;
        this.maxBytes = maxBytes;
    }

    public static FetchRig patient() {
        return new FetchRig(PATIENT, MAX_BYTES);
    }

    public static FetchRig withConfig(AgentConfig.Fetch config) {
        return new FetchRig(config, MAX_BYTES);
    }

    public static FetchRig withStoreOf(long maxBytes) {
        return new FetchRig(PATIENT, maxBytes);
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        directory = Files.createTempDirectory("fetch-rig");
        store = BlobStore.open(directory, maxBytes, InstantSource.system());
        client = new BrokerClient(() -> HTTP, broker.url(), Optional.empty(), Optional.empty());
        registry = new RegistryClient(broker.url());
        begin();
    }

    private void begin() {
        desk = new OrderDesk(registry, new HolderCounts());
        fetcher = new Fetcher(client, registry, store, ResourceIndex.inMemory(InstantSource.system()), config,
                (url, _, phase, piece) -> failures.add(phase.text() + " " + piece + " " + url.getRawAuthority()), desk,
                PATIENCE);
    }

    /** From now on the fetcher has a lease, and asks for plans and orders. */
    public void join(PeerId self) {
        desk.granted(broker.registry().grant(self));
    }

    /** As another process on the same disk. */
    public void restart() throws IOException {
        end();
        store = BlobStore.open(directory, maxBytes, InstantSource.system());
        begin();
    }

    private void end() {
        fetcher.close();
        desk.close();
        store.close();
    }

    /** Fetches all of a resource that is not just passed on. */
    public byte[] read(String resource) throws IOException {
        return switch (fetcher.fetch(resource, Map.of())) {
            case Held(var blob) -> Files.readAllBytes(blob.file());
            case Running running -> copy(resource, running);
            case Passed(var answer) -> throw new AssertionError("passed: " + answer);
        };
    }

    /** Fetches all of it as whoever asks gets it, finished from the origin if need be. */
    public byte[] copy(String resource, Running running) throws IOException {
        var out = new ByteArrayOutputStream();
        fetcher.copy(resource, running, out);
        return out.toByteArray();
    }

    /** Reads a transfer to its end, without help from elsewhere. */
    public static byte[] drain(Running running) throws IOException {
        var all = new ByteArrayOutputStream();
        var buffer = ByteBuffer.allocate(16 * 1024);
        try (var reader = running.reader()) {
            while (reader.read(buffer.clear()) >= 0) {
                all.write(buffer.array(), 0, buffer.position());
            }
        }
        return all.toByteArray();
    }

    public static Running running(Fetched fetched) {
        if (fetched instanceof Running running) {
            return running;
        }
        throw new AssertionError("not running: " + fetched);
    }

    /** The body of what is just passed on. */
    public static byte[] passed(Fetched fetched) throws IOException {
        if (fetched instanceof Passed(var answer)) {
            try (InputStream body = answer.body()) {
                return body.readAllBytes();
            }
        }
        throw new AssertionError("not passed: " + fetched);
    }

    public FakeBroker broker() {
        return broker;
    }

    public BrokerClient client() {
        return client;
    }

    /** Peers that failed so far, in order: phase, piece, and where. */
    public List<String> failures() {
        return failures;
    }

    public BlobStore store() {
        return store;
    }

    public Fetcher fetcher() {
        return fetcher;
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        broker.stop();
        end();
        try (var files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(file -> file.delete());
        }
    }
}
