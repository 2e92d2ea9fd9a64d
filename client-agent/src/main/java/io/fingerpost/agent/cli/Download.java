package io.fingerpost.agent.cli;

import io.fingerpost.agent.AgentConfig;
import io.fingerpost.agent.LightHttpClient;
import io.fingerpost.agent.fetch.BrokerClient;
import io.fingerpost.agent.fetch.Fetched.Held;
import io.fingerpost.agent.fetch.Fetched.Passed;
import io.fingerpost.agent.fetch.Fetched.Running;
import io.fingerpost.agent.fetch.Fetcher;
import io.fingerpost.agent.fetch.HolderCounts;
import io.fingerpost.agent.fetch.OrderDesk;
import io.fingerpost.agent.fetch.PeerFailures;
import io.fingerpost.agent.fetch.Progress;
import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.agent.store.ResourceIndex;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.config.DataDirectory;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** One download into a file, with a progress bar on a terminal. It ends without an exception only if all is right. */
final class Download implements AutoCloseable {
    private final AgentConfig config;
    private final Path file;
    private final HttpClient http;

    Download(AgentConfig config, Path file) {
        this.config = config;
        this.file = file;
        this.http = LightHttpClient.connectingWithin(config.fetch().connectTimeout());
    }

    /** Fetches through the gateway of an agent that runs; what it gets, it keeps and serves. */
    void throughAgent(URI gatewayUrl) throws IOException, InterruptedException {
        var progress = new AgentProgress(http, gatewayUrl);
        save(http.send(HttpRequest.newBuilder(gatewayUrl).build(), BodyHandlers.ofInputStream()), progress::now);
    }

    /** Fetches without a running agent; what may be shared stays in the store for the next run. */
    void alone(String resource) throws IOException {
        try (var data = DataDirectory.open(config.data());
                var store = BlobStore.open(data.resolve("store"), config.store().maxSize().bytes(),
                        InstantSource.system());
                var resources = ResourceIndex.open(data, InstantSource.system())) {
            var broker = new BrokerClient(() -> http, config.broker(), Optional.empty(), Optional.empty());
            var registry = new RegistryClient(config.broker());
            try (var fetcher = new Fetcher(broker, registry, store, resources, config.fetch(),
                    PeerFailures.IGNORED, new OrderDesk(registry, new HolderCounts()))) {
                save(fetcher, resource);
            }
        }
    }

    private void save(Fetcher fetcher, String resource) throws IOException {
        switch (fetcher.fetch(resource, Map.of())) {
            case Held(var blob) -> write(new Arriving(blob.representation().size(), true, Optional::empty),
                    Optional.of(blob.representation().digest()), out -> Files.copy(blob.file(), out));
            case Running(var transfer, var reader) -> write(
                    new Arriving(transfer.size(), false, () -> Optional.of(transfer.progress(resource))),
                    transfer.digest(), out -> fetcher.copy(resource, new Running(transfer, reader), out));
            case Passed(var answer) -> save(answer, Optional::empty);
        }
    }

    private void save(HttpResponse<InputStream> answer, Supplier<Optional<Progress>> transfer) throws IOException {
        try (InputStream body = answer.body()) {
            if (answer.statusCode() != 200) {
                throw new IOException("status " + answer.statusCode() + " for " + answer.uri().getPath());
            }
            var digest = answer.headers().firstValue(FieldNames.REPR_DIGEST).flatMap(DigestField::parse);
            long size = answer.headers().firstValueAsLong("Content-Length").orElse(-1);
            boolean isStored = answer.headers().firstValue("Cache-Status").filter(status -> status.contains("hit"))
                    .isPresent();
            write(new Arriving(size, isStored, transfer), digest, body::transferTo);
        }
    }

    /** Writes bytes to a stream. */
    private interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    private void write(Arriving arriving, Optional<Sha256> expected, Body body) throws IOException {
        var digest = Sha256.newDigest();
        try (var watch = Watch.over(arriving)) {
            try (var out = new DigestOutputStream(new Counted(Files.newOutputStream(file), arriving), digest)) {
                body.writeTo(out);
            }
            check(arriving.size(), expected, Sha256.of(digest.digest()));
            watch.finish();
        }
    }

    private void check(long size, Optional<Sha256> expected, Sha256 actual) throws IOException {
        if (expected.isPresent() && !expected.get().equals(actual)) {
            throw new IOException("the bytes that came are not those that were announced");
        }
        if (size >= 0 && Files.size(file) != size) {
            throw new IOException("only " + Files.size(file) + " of " + size + " bytes came");
        }
    }

    /** Counts what goes by. */
    private static final class Counted extends FilterOutputStream {
        private final Arriving arriving;

        Counted(OutputStream out, Arriving arriving) {
            super(out);
            this.arriving = arriving;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            arriving.wrote(length);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
