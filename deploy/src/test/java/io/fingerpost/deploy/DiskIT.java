package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.client.RegistryRefused;
import io.fingerpost.deploy.process.Program;
import io.fingerpost.testing.RequiresTool;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Disks that are full, and directories that are not ours. */
class DiskIT {
    @RegisterExtension
    private final Site site = new Site();

    /** An agent whose data directory is a tmpfs of 4 MiB, in a mount namespace that ends with it. */
    private Program agentOnATinyDisk() throws Exception {
        Path data = Files.createDirectories(site.launcher().path("tiny"));
        var command = new ArrayList<>(List.of("unshare"));
        command.addAll(isRoot() ? List.of("-m") : List.of("-U", "-r", "-m"));
        command.addAll(List.of("sh", "-c", "mount -t tmpfs -o size=4m,mode=700 tmpfs \"$1\" && shift && exec \"$@\"",
                "sh",
                data.toString(), site.launcher().script("fingerpost-agent").toString(), "run", "--broker", site.edge(),
                "--listen", "127.0.0.1:0", "--gateway", "127.0.0.1:0", "--data", data.toString()));
        var agent = site.started(Program.start("tiny", command, Map.of(), site.launcher().path("tiny.log")));
        agent.readyLine();
        return agent;
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    @Test
    @RequiresTool("unshare")
    void aFullDiskCostsTheAgentItsCopyAndNobodyTheDownload() throws Exception {
        byte[] large = site.file("large.bin", 12_000_000);
        byte[] small = site.file("small.bin", 1_000_000);
        site.broker();
        var agent = agentOnATinyDisk();

        assertThat(site.through(agent, "/large.bin").body()).isEqualTo(large);
        assertThat(agent.logText()).contains("cannot store");
        assertThat(site.through(agent, "/small.bin").body()).isEqualTo(small);
        await().until(() -> site.holdings() == 1); // what fits is kept and served as ever
        assertThat(agent.isAlive()).isTrue();
    }

    @Test
    @RequiresTool("unshare")
    void whenTheDiskIsFullOlderFilesMakeRoomAndAreWithdrawn() throws Exception {
        byte[] first = site.file("first.bin", 2_500_000);
        byte[] second = site.file("second.bin", 2_500_000);
        site.broker();
        var agent = agentOnATinyDisk();
        assertThat(site.through(agent, "/first.bin").body()).isEqualTo(first);
        await().until(() -> site.holdings() == 1);

        assertThat(site.through(agent, "/second.bin").body()).isEqualTo(second);

        await().until(() -> site.get(site.edge() + "/second.bin", Site.VERIFYING).statusCode() == 302);
        assertThat(site.get(site.edge() + "/first.bin", Site.VERIFYING).statusCode()).isEqualTo(200);
    }

    /** A broker whose files may have 50 KiB each, so that the journal of its registry soon cannot grow. */
    @Test
    void aRegistryThatCannotBeKeptTakesNothingInUntilItCanAndHasItAllAfterwards() throws Exception {
        Path data = site.launcher().path("broker");
        var broker = site.started(Program.start("limited",
                List.of("sh", "-c", "ulimit -f 100 && exec \"$@\"", "sh",
                        site.launcher().script("fingerpost-broker").toString(), "--origin", "http://127.0.0.1:1",
                        "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--allow-peers", "127.0.0.0/8", "--set",
                        "lease.ttl=1h", "--data", data.toString()),
                Map.of(), site.launcher().path("limited.log")));
        var registry = new RegistryClient(URI.create(broker.ready("edge")));
        int taken = 0;
        int refused = 0;
        try (var peer = new FakePeer(registry, "127.0.0.1", Optional.empty(), HttpExchange::close)) {
            while (refused == 0 || taken < 100) {
                try {
                    peer.announce(Integer.toString(taken % 100).getBytes(StandardCharsets.US_ASCII));
                    taken++;
                } catch (RegistryRefused e) {
                    assertThat(e.problem().status()).isEqualTo(503);
                    refused++;
                }
            }
            await().ignoreExceptions().until(() -> {
                peer.announce(new byte[1]);
                return true;
            });
            assertThat(broker.logText()).contains("the registry cannot be kept", "the registry is kept again");
            broker.kill();

            site.brokerFor("http://127.0.0.1:1", "--set", "lease.ttl=1h");
            assertThat(site.holdings()).isEqualTo(101);
        }
    }

    @Test
    void getOnAFullDiskSaysSoInOneLine() throws Exception {
        site.file("a.bin", 300_000);
        site.broker();

        var ran = site.program("fingerpost-agent", "get", site.edge() + "/a.bin", "-o", "/dev/full/a", "--data",
                site.launcher().path("alone").toString());

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err().lines().toList().getLast()).startsWith("fingerpost-agent: ");
        assertThat(ran.err()).doesNotContain("\tat ");
    }

    @Test
    void aDataDirectoryThatBelongsToSomebodyElseIsRefused() throws Exception {
        Path foreign = Path.of("/var");
        if (isRoot()) {
            foreign = Files.createDirectories(site.launcher().path("foreign"));
            assertThat(site.run("chown", "nobody", foreign.toString()).exit()).isZero();
        }
        assumeTrue(!Files.getOwner(foreign).getName().equals(System.getProperty("user.name")),
                "no foreign directory here");
        for (String program : List.of("fingerpost-agent run --broker", "fingerpost-broker --origin")) {
            var words = new ArrayList<>(List.of(program.split(" ")));
            words.addAll(List.of("http://127.0.0.1:1", "--listen", "127.0.0.1:0", "--data", foreign.toString()));
            var ran = site.program(words.getFirst(), words.subList(1, words.size()).toArray(String[]::new));

            assertThat(ran.exit()).isEqualTo(2);
            assertThat(ran.err().lines()).hasSize(1);
            assertThat(ran.err()).contains(foreign.toString(), "belongs to");
            try (var left = Files.list(foreign)) {
                assertThat(left.map(Path::getFileName).map(Path::toString)).doesNotContain("lock", "store");
            }
        }
    }
}
