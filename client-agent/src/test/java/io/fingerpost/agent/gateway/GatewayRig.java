package io.fingerpost.agent.gateway;

import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.agent.testing.FakeBroker;
import io.fingerpost.agent.testing.FetchRig;
import io.fingerpost.agent.testing.Http;
import io.fingerpost.agent.testing.LocalServer;
import io.fingerpost.agent.testing.RawClient;
import io.fingerpost.agent.testing.RawClient.Reply;
import io.fingerpost.contract.PeerId;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A gateway with a fetcher behind it, in front of a {@link FakeBroker}. */
final class GatewayRig implements BeforeEachCallback, AfterEachCallback {
    private final FetchRig fetching = FetchRig.patient();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private LocalServer server;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        fetching.beforeEach(context);
        server = new LocalServer(new GatewayHandler(fetching.fetcher(), fetching.client(), threads,
                Set.of("cdn.example", "cdn.example:8080")));
    }

    URI url(String target) {
        return server.url(target);
    }

    /** Asks as a decent program does. */
    HttpResponse<byte[]> get(String resource, String... fields) throws IOException {
        return Http.get(url(resource), fields);
    }

    /** Asks with any target and any fields. */
    Reply raw(String target, String... fields) throws IOException {
        var lines = new ArrayList<>(List.of("GET " + target + " HTTP/1.1", "Host: localhost", "Connection: close"));
        lines.addAll(List.of(fields));
        return RawClient.exchange(server.url(), lines.toArray(String[]::new));
    }

    /** Asks as one does a proxy (RFC 9112 §3.2.2). */
    Reply asOfAProxy(String url) throws IOException {
        return RawClient.exchange(server.url(), "GET " + url + " HTTP/1.1",
                "Host: " + URI.create(url).getRawAuthority(),
                "Connection: close");
    }

    /** Gets a resource into the store, past the gateway. */
    void store(String resource) throws IOException {
        fetching.read(resource);
    }

    static String field(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("none");
    }

    /** From now on the fetcher has a lease, and asks for plans. */
    void join() {
        fetching.join(new PeerId("s".repeat(42) + "A"));
    }

    FakeBroker broker() {
        return fetching.broker();
    }

    BlobStore blobs() {
        return fetching.store();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        server.close();
        threads.shutdownNow();
        fetching.afterEach(context);
    }
}
