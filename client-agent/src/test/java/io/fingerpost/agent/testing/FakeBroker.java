package io.fingerpost.agent.testing;

import io.fingerpost.agent.testing.ScriptedServer.Script;
import io.fingerpost.contract.api.ApiPaths;
import io.fingerpost.contract.http.DigestField;
import io.fingerpost.contract.http.FieldNames;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A broker of which a test says where it sends each resource's clients; a registry is behind it. */
public final class FakeBroker implements AfterEachCallback {
    /** On the origin's answers that may be shared. */
    public static final String SHAREABLE = FieldNames.LABEL + ": shareable";

    private final FakeRegistry registry;
    private final Map<String, Script> resources = new ConcurrentHashMap<>();
    private final ScriptedServer server;

    public FakeBroker() {
        this(Duration.ofMillis(100));
    }

    public FakeBroker(Duration heartbeat) {
        this.registry = new FakeRegistry(heartbeat);
        this.server = new ScriptedServer(this::answer);
    }

    private void answer(Call call) throws IOException {
        if (call.target().startsWith(ApiPaths.ROOT)) {
            registry.answer(call);
            return;
        }
        resources.getOrDefault(call.target(), FakeBroker::notFound).answer(call);
    }

    private static void notFound(Call call) throws IOException {
        call.answer(404, "the origin has no such page".getBytes(StandardCharsets.UTF_8), "Content-Type: text/plain");
    }

    /** Answers {@code resource} by a script. */
    public void on(String resource, Script script) {
        resources.put(resource, script);
    }

    /** Serves {@code resource} from the origin, as shareable. */
    public void originServes(String resource, Content content) {
        on(resource, Scripts.serving(content, SHAREABLE));
    }

    /** Sends clients to peers, best first; what must not be redirected gets {@code content} from the origin. */
    public void redirects(String resource, Content content, List<URI> peers) {
        redirects(resource, content, peers, Scripts.serving(content, SHAREABLE));
    }

    /** The same with an origin of its own mind. */
    public void redirects(String resource, Content content, List<URI> peers, Script origin) {
        registry.know(content);
        on(resource, call -> {
            if (isForOrigin(call)) {
                origin.answer(call);
            } else {
                call.answer(302, new byte[0], redirect(content, peers));
            }
        });
    }

    private static boolean isForOrigin(Call call) {
        return call.field("Cache-Control").filter("no-cache"::equals).isPresent()
                || call.field("If-None-Match").isPresent();
    }

    private static String[] redirect(Content content, List<URI> peers) {
        var links = IntStream.range(0, peers.size())
                .mapToObj(i -> "Link: <" + peers.get(i) + ">; rel=duplicate; pri=" + (i + 1));
        return Stream.concat(Stream.of("Location: " + peers.getFirst(),
                FieldNames.TARGET_REPR_DIGEST + ": " + DigestField.format(content.digest()),
                "Cache-Control: no-store"), links).toArray(String[]::new);
    }

    public FakeRegistry registry() {
        return registry;
    }

    /** What was asked about {@code resource}, in order. */
    public List<Call> calls(String resource) {
        return server.calls().stream().filter(call -> call.target().equals(resource)).toList();
    }

    /** What of it had to come from the origin. */
    public List<Call> originCalls(String resource) {
        return calls(resource).stream().filter(FakeBroker::isForOrigin).toList();
    }

    public URI url() {
        return URI.create(server.url());
    }

    public void stop() {
        server.stop();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        server.stop();
    }
}
