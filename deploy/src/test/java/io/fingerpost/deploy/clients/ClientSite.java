package io.fingerpost.deploy.clients;

import static org.awaitility.Awaitility.await;

import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.client.RegistryRefused;
import io.fingerpost.deploy.Site;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real broker before a test's own origin, for all tests of a class because it starts slowly. Peers and resources are each
 * test's own, so what one test teaches the broker tells it nothing about another.
 */
final class ClientSite implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
    private static final int FIRST_HOST = 2;
    private static final int HOSTS = 200;

    private final Site site = new Site();
    private final Deque<ServingPeer> peers = new ArrayDeque<>();
    private final AtomicInteger hosts = new AtomicInteger();
    private TestOrigin origin;
    private RegistryClient registry;

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        site.open();
        origin = new TestOrigin();
        site.brokerFor(origin.url());
        registry = new RegistryClient(URI.create(site.edge()));
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        peers.forEach(ServingPeer::close);
        peers.clear();
        if (context.getExecutionException().isPresent()) {
            site.showLogs();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        site.close();
        origin.close();
    }

    TestOrigin origin() {
        return origin;
    }

    /** The URL of {@code resource} at the edge, which is all that clients are told. */
    String url(Resource resource) throws IOException {
        return site.edge() + resource.path();
    }

    /** The URL of the broker's Metalink document of {@code resource}. */
    String metalinkUrl(Resource resource) throws IOException {
        return site.edge() + "/.well-known/fingerpost/metalink" + resource.path() + ".meta4";
    }

    /** What every client asks. */
    String edge() throws IOException {
        return site.edge();
    }

    /** A file of random bytes that the broker knows, as if somebody had asked for it before. */
    Resource file(String name, int size) throws IOException, InterruptedException {
        var content = new byte[size];
        new Random(name.hashCode() + (long) size).nextBytes(content);
        return shareable("/" + name, content, "application/octet-stream");
    }

    /** A resource that the origin labels as shareable and that the broker knows. */
    Resource shareable(String path, byte[] content, String type) throws IOException, InterruptedException {
        var resource = new Resource(path, content,
                Map.of("Content-Type", type, "Cache-Control", "public, max-age=3600"));
        origin.put(resource);
        site.get(url(resource));
        await().until(() -> isKnown(resource));
        return resource;
    }

    private boolean isKnown(Resource resource) throws IOException {
        try {
            registry.representation(resource.digest(), resource.path());
            return true;
        } catch (RegistryRefused e) {
            return false;
        }
    }

    /** A super-node that holds {@code resources}, at an address of its own. */
    ServingPeer superNode(Conduct conduct, Resource... resources) throws IOException {
        return peer(Optional.of("vouched"), conduct, new CountDownLatch(1), resources);
    }

    /** A peer that nobody vouches for. */
    ServingPeer ordinaryPeer(Conduct conduct, Resource... resources) throws IOException {
        return peer(Optional.empty(), conduct, new CountDownLatch(1), resources);
    }

    /** A super-node that sends {@code rate} bytes a second to each client. */
    ServingPeer slowSuperNode(int rate, Resource... resources) throws IOException {
        var end = new CountDownLatch(1);
        return peer(Optional.of("vouched"), Conduct.slow(rate, end), end, resources);
    }

    /** A super-node that was just there. */
    ServingPeer deadSuperNode(Resource... resources) throws IOException {
        var peer = superNode(Conduct.HONEST, resources);
        peer.die();
        return peer;
    }

    private ServingPeer peer(Optional<String> token, Conduct conduct, CountDownLatch end, Resource... resources)
            throws IOException {
        // One address each: aria2 takes two servers at one address for the same mirror.
        String address = "127.0.0." + (FIRST_HOST + hosts.getAndIncrement() % HOSTS);
        var peer = new ServingPeer(registry, address, token, conduct, end);
        peers.push(peer);
        for (Resource resource : resources) {
            peer.hold(resource);
        }
        return peer;
    }

    /** A path where nothing is yet. */
    Path path(String name) {
        return site.launcher().path(name);
    }

    /** Runs a client to its end. */
    Site.Ran run(String... command) throws IOException, InterruptedException {
        return site.run(command);
    }

    /** Where a client that can be told puts {@code resource}. */
    Path target(Resource resource) {
        return path("got" + resource.path().replace('/', '-'));
    }
}
