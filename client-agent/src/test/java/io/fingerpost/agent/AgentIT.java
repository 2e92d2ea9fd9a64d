package io.fingerpost.agent;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fingerpost.agent.gateway.AgentStatus;
import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.FakeBroker;
import io.fingerpost.agent.testing.FakeRegistry;
import io.fingerpost.agent.testing.Http;
import io.fingerpost.agent.testing.RawClient;
import io.fingerpost.contract.NiPath;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.EndpointProof;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.api.WireJson;
import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.contract.config.ConfigLoader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent, as it is wired, before a broker of the test's. */
@Timeout(40)
class AgentIT {
    private static final String RESOURCE = "/maps/desert.pak";
    private static final Content FILE = Content.of(2 * PIECE + 99, 1);

    @RegisterExtension
    private final FakeBroker broker = new FakeBroker();
    private final AtomicInteger registered = new AtomicInteger();
    @TempDir
    private Path directory;

    private Agent start(String... settings) throws IOException {
        var loader = new ConfigLoader(Agent.class, "agent-defaults.yaml", Map.of())
                .set("broker", broker.url().toString(), "test").set("listen", "127.0.0.1:0", "test")
                .set("gateway", "127.0.0.1:0", "test").set("data", directory.toString(), "test");
        for (int i = 0; i < settings.length; i += 2) {
            loader.set(settings[i], settings[i + 1], "test");
        }
        return new Agent(loader.bind(AgentConfig.class), InstantSource.system(), _ -> registered.incrementAndGet());
    }

    private static URI gateway(Agent agent, String target) {
        return URI.create(agent.gatewayUrl() + target);
    }

    private static URI blob(Agent agent, Content content) {
        var key = FakeRegistry.ticketKey(new PeerId(agent.status().peerId()));
        return URI.create(agent.status().endpoints().getFirst() + NiPath.of(content.digest()) + "?t="
                + key.issue(content.digest(), Instant.now().plusSeconds(60)));
    }

    @Test
    void servesToTheNextClientWhatItFetchedForAProgram() throws IOException {
        broker.originServes(RESOURCE, FILE);
        try (var agent = start()) {
            await().until(() -> registered.get() == 1);

            assertThat(Http.get(gateway(agent, RESOURCE)).body()).isEqualTo(FILE.bytes());

            await().until(() -> broker.registry().holdings().contains(FILE.digest()));
            assertThat(Http.get(blob(agent, FILE)).body()).isEqualTo(FILE.bytes());
        }
    }

    @Test
    void fetchesFromAnotherAgent(@TempDir Path elsewhere) throws IOException {
        broker.originServes(RESOURCE, FILE);
        var otherBroker = new FakeBroker();
        try (var first = start()) {
            await().until(() -> registered.get() == 1);
            Http.get(gateway(first, RESOURCE));
            await().until(() -> broker.registry().holdings().contains(FILE.digest()));
            otherBroker.redirects(RESOURCE, FILE, List.of(blob(first, FILE)));

            try (var second = start("broker", otherBroker.url().toString(), "data", elsewhere.toString())) {
                assertThat(Http.get(gateway(second, RESOURCE)).body()).isEqualTo(FILE.bytes());
            }

            assertThat(otherBroker.originCalls(RESOURCE)).isEmpty();
            await().until(() -> first.status().servedBytes() == FILE.size());
        } finally {
            otherBroker.stop();
        }
    }

    @Test
    void provesTheEndpointThatItRegistered() throws IOException {
        try (var agent = start()) {
            await().until(() -> registered.get() == 1);
            var registration = broker.registry().registrations().getFirst();
            String nonce = "DGyRejmCefe7v4NfDGDKfA";

            var answer = Http.get(URI.create(registration.endpoints().getFirst().url() + EndpointProof.path(nonce)));

            assertThat(registration.endpoints()).extracting(PeerEndpoint::url).isEqualTo(agent.status().endpoints());
            assertThat(registration.key().verifies(EndpointProof.message(nonce, registration),
                    Base64.getUrlDecoder().decode(answer.body()))).isTrue();
        }
    }

    @Test
    void advertisesWhatTheOperatorSays() throws IOException {
        try (var agent = start("advertise", "http://peer.example:80", "token", "s3cret")) {
            await().until(() -> registered.get() == 1);

            assertThat(broker.registry().registrations().getFirst().endpoints().getFirst().url())
                    .isEqualTo("http://peer.example:80");
            assertThat(broker.registry().tokens()).containsExactly("Bearer s3cret");
            assertThat(agent.status().endpoints()).containsExactly("http://peer.example:80");
        }
    }

    @Test
    void advertisesTheAddressTowardsTheBrokerWhenItListensEverywhere() throws IOException {
        try (var agent = start("listen", "0.0.0.0:0")) {
            await().until(() -> registered.get() == 1);

            assertThat(agent.status().endpoints()).singleElement().asString()
                    .matches("http://127\\.0\\.0\\.1:\\d+").doesNotEndWith(":0");
        }
    }

    @Test
    void tellsHowItIs() throws IOException {
        broker.originServes(RESOURCE, FILE);
        try (var agent = start("store.max-size", "1MiB")) {
            await().until(() -> registered.get() == 1);
            Http.get(gateway(agent, RESOURCE));

            var answer = Http.get(gateway(agent, AgentStatus.PATH));

            var status = WireJson.lenient().readValue(answer.body(), AgentStatus.class);
            assertThat(status.registered()).isTrue();
            assertThat(status.trouble()).isEmpty();
            assertThat(status.broker()).isEqualTo(broker.url().toString());
            assertThat(status.gateway()).isEqualTo(agent.gatewayUrl());
            assertThat(status.holdings()).isEqualTo(1);
            assertThat(status.storedBytes()).isEqualTo(FILE.size());
            assertThat(status.maxBytes()).isEqualTo(1 << 20);
            assertThat(RunningAgent.read(directory)).contains(
                    new RunningAgent(broker.url().toString(), agent.gatewayUrl()));
        }
    }

    @Test
    void tellsItsBudgetAndWhatItSendsAlsoAfterARestart() throws IOException {
        broker.originServes(RESOURCE, FILE);
        String[] settings = {"serve.rate", "3Mbit/s", "serve.slots", "5", "serve.monthly-quota", "1MiB"};
        try (var agent = start(settings)) {
            await().until(() -> registered.get() == 1);
            assertThat(broker.registry().registrations().getFirst().budget())
                    .isEqualTo(new UploadBudget(3_000_000, 5, 1 << 20));
            Http.get(gateway(agent, RESOURCE));
            await().until(() -> broker.registry().holdings().contains(FILE.digest()));
            Http.get(blob(agent, FILE));

            await().until(() -> broker.registry().reports().contains(new UploadReport(0, 0, FILE.size())));
        }

        try (var agent = start(settings)) {
            assertThat(agent.status().servedThisMonth()).isEqualTo(FILE.size());
            assertThat(agent.status().monthlyQuota()).isEqualTo(1 << 20);
            assertThat(agent.status().servedBytes()).isZero();
        }
    }

    @Test
    void servesProgramsBeforeItIsRegistered() throws IOException {
        broker.registry().goDown();
        broker.on(RESOURCE, call -> call.answer(200, FILE.bytes()));
        try (var agent = start()) {
            assertThat(Http.get(gateway(agent, RESOURCE)).body()).isEqualTo(FILE.bytes());
            assertThat(agent.status().registered()).isFalse();
            assertThat(Http.get(blob(agent, FILE)).statusCode()).isEqualTo(403);
        }
    }

    @Test
    void keepsProgramsOfOtherMachinesOut() throws IOException {
        try (var agent = start()) {
            for (String target : List.of(RESOURCE, AgentStatus.PATH)) {
                var reply = RawClient.exchange(gateway(agent, ""), "GET " + target + " HTTP/1.1", "Host: evil.example");
                assertThat(reply.status()).isEqualTo(421);
            }
        }
    }

    @Test
    void saysGoodbyeAndIsTheSameAgentAfterARestart() throws IOException {
        String before;
        broker.originServes(RESOURCE, FILE);
        try (var agent = start()) {
            await().until(() -> registered.get() == 1);
            before = agent.status().peerId();
            Http.get(gateway(agent, RESOURCE));
            await().until(() -> broker.registry().hasLease() && agent.status().holdings() == 1);
        }
        assertThat(broker.registry().hasLease()).isFalse();

        try (var agent = start()) {
            await().until(() -> broker.registry().holdings().contains(FILE.digest()));
            assertThat(agent.status().peerId()).isEqualTo(before);
        }
    }

    @Test
    void letsNoSecondAgentIntoItsDirectory() throws IOException {
        try (var agent = start()) {
            assertThat(agent.status().holdings()).isZero();
            assertThatThrownBy(this::start).isInstanceOf(ConfigException.class).hasMessageContaining("in use");
        }
    }

    /** Else a few clients that read nothing could hold every slot for ever. */
    @Test
    void takesItsSlotBackFromAClientThatReadsNothing() throws IOException {
        var large = Content.of(32 << 20, 7);
        broker.originServes("/large", large);
        try (var agent = start("serve.slots", "1", "serve.idle-timeout", "1s")) {
            await().until(() -> registered.get() == 1);
            Http.get(gateway(agent, "/large"));
            URI url = blob(agent, large);
            try (var lazy = RawClient.slow(url)) {
                lazy.send("GET " + url.getRawPath() + "?" + url.getRawQuery() + " HTTP/1.1", "Host: peer");
                lazy.read(12);
                assertThat(Http.get(url, "Range", "bytes=0-9").statusCode()).isEqualTo(503);

                await().until(() -> Http.get(url, "Range", "bytes=0-9").statusCode() == 206);
            }
        }
    }

    /** Once, the time that a transfer waited for its turn counted as that of a client that does not read. */
    @Test
    void whoWaitsForATurnIsNotIdle() throws Exception {
        broker.originServes(RESOURCE, FILE);
        try (var agent = start("serve.rate", "1Mbit/s", "serve.idle-timeout", "1s");
                var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            await().until(() -> registered.get() == 1);
            Http.get(gateway(agent, RESOURCE));
            await().until(() -> broker.registry().holdings().contains(FILE.digest()));

            var bodies = clients.invokeAll(Collections.nCopies(5, () -> Http.get(blob(agent, FILE)).body()));

            for (var body : bodies) {
                assertThat(body.get()).isEqualTo(FILE.bytes());
            }
        }
    }
}
