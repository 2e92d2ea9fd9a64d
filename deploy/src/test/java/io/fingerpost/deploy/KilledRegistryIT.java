package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.deploy.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A broker is killed, and has not forgotten what is held against a peer, nor what is left of a quota. */
class KilledRegistryIT {
    private static final int SIZE = 300_000;

    @RegisterExtension
    private final Site site = new Site();

    @Test
    void aQuotaThatIsUsedStaysUsed() throws Exception {
        site.file("a.bin", SIZE);
        var origin = site.started(site.launcher().origin("origin", site.folder()));
        var broker = broker(origin);
        var agent = site.agent("agent", "--set", "serve.monthly-quota=400KiB");
        site.through(agent, "/a.bin");
        await().until(() -> site.holdings() == 1);
        // Whoever asks is told of nothing but the redirects that the broker itself has counted: the agent says no more.
        agent.kill();
        long before = settledSize();
        assertThat(status()).isEqualTo(302);
        await().until(() -> size() > before);

        killAndRestart(broker, origin);

        assertThat(site.metrics().sum("fingerpost_registry_peers", "state=\"good\"")).isOne();
        assertThat(status()).isEqualTo(200); // from the origin: another 300 kB are more than the quota leaves
        assertThat(site.metrics().sum("fingerpost_broker_requests_total", "reason=\"over_budget\"")).isOne();
    }

    @Test
    void aPeerThatServedWrongBytesStaysInQuarantine() throws Exception {
        byte[] content = site.file("a.bin", SIZE);
        var origin = site.started(site.launcher().origin("origin", site.folder()));
        var broker = broker(origin);
        var corrupt = site.agent("corrupt");
        site.through(corrupt, "/a.bin");
        await().until(() -> site.holdings() == 1);
        site.flipABit("corrupt");
        var client = site.agent("client");
        assertThat(site.through(client, "/a.bin").body()).isEqualTo(content); // and it reports the wrong piece
        await().until(() -> quarantined() == 1);
        client.kill();
        settledSize();

        killAndRestart(broker, origin);

        assertThat(quarantined()).isOne();
        assertThat(site.metrics().sum("fingerpost_registry_peers", "state=\"good\"")).isOne(); // the client, of late
    }

    private void killAndRestart(Program broker, Program origin) throws Exception {
        broker.kill();
        broker(origin);
    }

    /** Leases outlive the test, so that nobody goes but whom it kills. */
    private Program broker(Program origin) throws Exception {
        return site.brokerFor(origin.ready("origin"), "--set", "lease.ttl=1h", "--set", "lease.heartbeat=30m");
    }

    private int status() throws Exception {
        return site.get(site.edge() + "/a.bin", Site.VERIFYING).statusCode();
    }

    private long quarantined() throws Exception {
        return site.metrics().sum("fingerpost_registry_peers", "state=\"quarantined\"");
    }

    /** Bytes of the registry's files. */
    private long size() throws IOException {
        long size = 0;
        try (var files = Files.walk(site.launcher().path("broker"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                size += Files.size(file);
            }
        }
        return size;
    }

    /** The same, once nothing more was written for as long as quotas may wait. */
    private long settledSize() {
        long[] last = {-1};
        await().during(Duration.ofSeconds(3)).atMost(Duration.ofSeconds(30)).until(() -> {
            long now = size();
            boolean same = now == last[0];
            last[0] = now;
            return same;
        });
        return last[0];
    }
}
