package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.contract.Sha256;
import io.fingerpost.deploy.process.Program;
import io.fingerpost.testing.RequiresTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a machine does to the agent on it: it sleeps, moves, sets its clock, runs on battery. */
class AgentMachineIT {
    @RegisterExtension
    private final Site site = new Site();
    private byte[] content;

    @BeforeEach
    void makeFile() throws IOException {
        content = site.file("a.bin", 300_000);
    }

    private void assertRedirects(Program agent) {
        await().untilAsserted(() -> {
            var redirect = site.get(site.edge() + "/a.bin", Site.VERIFYING);
            assertThat(redirect.statusCode()).isEqualTo(302);
            String location = redirect.headers().firstValue("Location").orElseThrow();
            assertThat(location).startsWith(agent.ready("peer") + "/");
            assertThat(Sha256.digestOf(site.get(location).body())).isEqualTo(Sha256.digestOf(content));
        });
    }

    private Program laptop(List<String> before, Map<String, String> environment, String... options)
            throws IOException {
        var command = new ArrayList<>(before);
        command.addAll(List.of(site.launcher().script("fingerpost-agent").toString(), "run", "--broker", site.edge(),
                "--listen", "127.0.0.1:0", "--gateway", "127.0.0.1:0", "--token", "vouched", "--data",
                data().toString()));
        command.addAll(List.of(options));
        var agent = site.started(
                Program.start("laptop", command, environment, site.launcher().path("laptop.log")));
        agent.readyLine();
        return agent;
    }

    private Path data() {
        return site.launcher().path("laptop");
    }

    /** Longer than its lease: nobody is sent to it then, and it is back as soon as it wakes up. */
    @Test
    void anAgentThatSleptIsThereAgain() throws Exception {
        site.broker();
        var agent = laptop(List.of(), Map.of());
        site.through(agent, "/a.bin");
        assertRedirects(agent);

        signal("-STOP", agent);
        await().until(() -> site.holdings() == 0);
        assertThat(site.get(site.edge() + "/a.bin", Site.VERIFYING).statusCode()).isEqualTo(200);
        signal("-CONT", agent);

        assertRedirects(agent);
        assertThat(agent.logText()).contains("the registry does not know this lease any more");
    }

    private void signal(String signal, Program program) throws Exception {
        assertThat(site.run("kill", signal, String.valueOf(program.pid())).exit()).isZero();
    }

    /** By a day, forwards and back: tickets go by the registry's clock, and what is stored stays what it is. */
    @Test
    @RequiresTool("faketime")
    void anAgentWhoseClockJumpsGoesOn() throws Exception {
        site.broker();
        Path clock = Files.writeString(site.launcher().path("clock"), "+0");
        String library = site.run("faketime", "-f", "+0s", "printenv", "LD_PRELOAD").out().strip();
        var agent = laptop(List.of(), Map.of("LD_PRELOAD", library, "FAKETIME_TIMESTAMP_FILE", clock.toString(),
                "FAKETIME_NO_CACHE", "1", "FAKETIME_DONT_FAKE_MONOTONIC", "1", "DONT_FAKE_MONOTONIC", "1"));
        site.through(agent, "/a.bin");
        assertRedirects(agent);

        for (String offset : List.of("+86400", "-86400")) {
            Path next = Files.writeString(site.launcher().path("clock.new"), offset);
            Files.move(next, clock, StandardCopyOption.ATOMIC_MOVE);

            assertThat(site.through(agent, "/a.bin").body()).isEqualTo(content);
            assertRedirects(agent);
            assertThat(agent.isAlive()).isTrue();
        }
    }

    /** A machine of the test's own, as far as this is asked for: its power supplies, and what NetworkManager says. */
    @ParameterizedTest
    @ValueSource(strings = {"on battery", "the network connection is metered"})
    @RequiresTool("unshare")
    void anAgentServesNobodyWhereThatWouldCost(String why) throws Exception {
        site.broker();
        Path tools = Files.createDirectories(site.launcher().path("tools"));
        Files.writeString(tools.resolve("busctl"), "#!/bin/sh\necho 'u " + (why.contains("metered") ? 1 : 4) + "'\n");
        Files.setPosixFilePermissions(tools.resolve("busctl"), PosixFilePermissions.fromString("rwxr-xr-x"));
        String status = why.contains("battery") ? "Discharging" : "Full";
        String machine = "mount -t tmpfs tmpfs /sys/class && mkdir -p /sys/class/power_supply/BAT0 &&"
                + " cd /sys/class/power_supply/BAT0 && echo Battery >type && echo " + status + " >status &&"
                + " mount -t tmpfs tmpfs /run && mkdir /run/dbus && : >/run/dbus/system_bus_socket && exec \"$@\"";
        var agent = laptop(List.of("unshare", OwnNetwork.IS_ROOT ? "-m" : "-Urm", "sh", "-c", machine, "sh"),
                Map.of("PATH", tools + ":" + System.getenv("PATH")), "--set", "serve.pause-on=battery,metered");
        await().untilAsserted(() -> assertThat(
                site.program("fingerpost-agent", "status", "--data", data().toString()).out())
                .contains("paused: " + why));
        site.through(agent, "/a.bin");
        await().until(() -> site.holdings() == 1);

        assertThat(site.get(site.edge() + "/a.bin", Site.VERIFYING).statusCode()).isEqualTo(200);
    }

    /** In a network of the test's own, the way from the agent to the broker begins at another address from one moment to the next. */
    @Test
    @RequiresTool({"curl", "ip", "nsenter", "unshare"})
    void anAgentThatMovesToAnotherAddressIsFoundThere() throws Exception {
        var network = OwnNetwork.of(site);
        network.address("10.9.0.7");
        var broker = network.broker();
        var agent = network.agent("--broker", broker.ready("edge"));
        assertThat(agent.ready("peer")).startsWith("http://10.9.0.7:");
        String own = agent.ready("peer").replaceFirst(".*:", "");
        network.curl("-o", site.launcher().path("fetched").toString(), agent.ready("gateway") + "/a.bin");
        awaitRedirect(network, broker.ready("edge"), "http://10.9.0.7:" + own);

        network.address("10.9.0.8");
        network.run("ip", "address", "delete", "10.9.0.7/32", "dev", "lo");

        awaitRedirect(network, broker.ready("edge"), "http://10.9.0.8:" + own);
        assertThat(site.launcher().path("got")).hasBinaryContent(content);
    }

    private void awaitRedirect(OwnNetwork network, String edge, String peer) {
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> assertThat(network.curl("-L", "-o",
                site.launcher().path("got").toString(), "-w", "%{num_redirects} %{url_effective}", edge + "/a.bin"))
                .startsWith("1 " + peer + "/"));
    }
}
