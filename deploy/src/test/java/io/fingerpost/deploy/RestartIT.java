package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.contract.Sha256;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes end, well or badly, and come back. */
class RestartIT {
    private static final int KILLS = 5;
    /** Pieces on their way from the origin at a time, and what the broker reads ahead of them. */
    private static final long MOST_UNDER_WAY = 5_000_000;

    @RegisterExtension
    private final Site site = new Site();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBrokerThatIsRestartedKnowsAtOnceWhatItKnewBefore(boolean killed) throws Exception {
        site.file("a.bin", 300_000);
        var origin = site.started(site.launcher().origin("origin", site.folder()));
        var broker = site.brokerFor(origin.ready("origin"));
        var agent = site.agent("agent");
        site.through(agent, "/a.bin");
        await().until(() -> site.holdings() == 1);
        URI edge = URI.create(broker.ready("edge"));

        if (killed) {
            broker.kill();
        } else {
            assertThat(broker.stop()).isZero();
        }
        site.brokerFor(origin.ready("origin"), "--set", "edge.listen=127.0.0.1:" + edge.getPort());

        assertThat(site.holdings()).isOne();
        var redirect = site.get(site.edge() + "/a.bin", Site.VERIFYING);
        assertThat(redirect.statusCode()).isEqualTo(302);
        // The lease goes on: the agent, whose secret is known, need not register again.
        await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(8)).until(() -> site.holdings() == 1);
        assertThat(agent.logText().lines().filter(line -> line.contains("registered"))).hasSize(1);
        // The ticket of the new broker opens the old agent: its secret is in the data directory.
        assertThat(site.get(redirect.headers().firstValue("Location").orElseThrow()).statusCode()).isEqualTo(200);
    }

    @Test
    void sigtermEndsEachProgramWithZeroAndTheAgentSaysGoodbye() throws Exception {
        site.file("a.bin", 300_000);
        var origin = site.started(site.launcher().origin("origin", site.folder()));
        var broker = site.brokerFor(origin.ready("origin"), "--set", "lease.ttl=1h", "--set", "lease.heartbeat=30m");
        var agent = site.agent("agent");
        site.through(agent, "/a.bin");
        await().until(() -> site.holdings() == 1);

        assertThat(agent.stop()).isZero();
        assertThat(site.holdings()).isZero(); // not by the lease, which has an hour to go
        assertThat(site.metrics().sum("fingerpost_registry_peers", "")).isZero();
        assertThat(broker.stop()).isZero();
        assertThat(origin.stop()).isZero();
    }

    /** The broker's machine is down, and so is the origin: what is on this one still serves its programs. */
    @Test
    void anAgentThatStartsWithoutABrokerServesItsGatewayFromWhatItHas() throws Exception {
        byte[] content = site.file("a.bin", 300_000);
        var origin = site.started(site.launcher().origin("origin", site.folder()));
        var broker = site.brokerFor(origin.ready("origin"));
        var agent = site.agent("agent");
        site.through(agent, "/a.bin");
        String gateway = agent.ready("gateway");
        agent.stop();
        broker.stop();
        origin.stop();

        site.started(site.launcher().agent("agent", broker.ready("edge"), "--set",
                "gateway=" + URI.create(gateway).getAuthority()));

        await().ignoreExceptions().until(() -> site.get(gateway + "/a.bin").statusCode() == 200);
        var answer = site.get(gateway + "/a.bin");
        assertThat(answer.body()).isEqualTo(content);
        assertThat(answer.headers().firstValue("Cache-Status").orElseThrow()).contains("hit");
        assertThat(site.get(gateway + "/unknown.bin").statusCode()).isEqualTo(502);
    }

    @Test
    void anAgentThatVanishesIsForgottenWhenItsLeaseEnds() throws Exception {
        site.file("a.bin", 300_000);
        site.broker();
        var agent = site.agent("agent");
        site.through(agent, "/a.bin");
        await().until(() -> site.holdings() == 1);

        agent.kill();

        await().atMost(Duration.ofSeconds(10)).until(() -> site.holdings() == 0);
        assertThat(site.get(site.edge() + "/a.bin", Site.VERIFYING).statusCode()).isEqualTo(200);
    }

    @Test
    void anAgentThatIsKilledWhileItDownloadsNeverShowsWhatItDidNotVerify() throws Exception {
        byte[] content = site.file("big.bin", 60_000_000);
        site.broker();
        Path data = site.launcher().path("agent");

        killWhileItDownloads(data);

        var agent = site.agent("agent");
        assertThat(site.through(agent, "/big.bin").body()).isEqualTo(content);
        assertThat(data.resolve("store").resolve("incoming")).isEmptyDirectory();
    }

    @Test
    void anAgentThatIsKilledWhileItTakesPiecesFetchesNoneOfThemTwice() throws Exception {
        byte[] content = site.file("big.bin", 60_000_000);
        site.broker();
        site.get(site.edge() + "/big.bin"); // so that its pieces are known
        await().until(() -> originBytes() == content.length);
        Path data = site.launcher().path("agent");

        killWhileItDownloads(data);

        var agent = site.agent("agent");
        assertThat(site.through(agent, "/big.bin").body()).isEqualTo(content);
        // Only what was on its way when it was killed had to come again.
        assertThat(originBytes() - content.length).isBetween((long) content.length,
                content.length + KILLS * MOST_UNDER_WAY);
    }

    private long originBytes() throws Exception {
        return site.metrics().sum("fingerpost_broker_origin_bytes_total", "");
    }

    private void killWhileItDownloads(Path data) throws Exception {
        for (int round = 0; round < KILLS; round++) {
            var agent = site.agent("agent");
            var request = site.http().sendAsync(
                    HttpRequest.newBuilder(URI.create(agent.ready("gateway") + "/big.bin")).build(),
                    BodyHandlers.discarding());
            long wanted = 10_000_000L * round;
            await().pollInterval(Duration.ofMillis(2)).until(() -> request.isDone() || stored(data) > wanted);
            agent.kill();
            assertBlobsAreWhole(data);
        }
    }

    private static long stored(Path data) throws IOException {
        try (var files = Files.walk(data.resolve("store"))) {
            return files.mapToLong(file -> file.toFile().length()).sum();
        }
    }

    private static void assertBlobsAreWhole(Path data) throws IOException {
        try (var files = Files.walk(data.resolve("store").resolve("blobs"))) {
            for (Path file : files.filter(path -> path.getFileName().toString().matches("[0-9a-f]{64}")).toList()) {
                byte[] name = HexFormat.of().parseHex(file.getFileName().toString());
                assertThat(Sha256.digestOf(Files.readAllBytes(file))).isEqualTo(Sha256.of(name));
            }
        }
    }
}
