package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.deploy.process.Program;
import io.fingerpost.testing.RequiresTool;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An agent gives others no more than its owner lets it, and each of them the same. */
class AgentBudgetIT {
    private static final int SIZE = 1_000_000;

    @RegisterExtension
    private final Site site = new Site();

    /** The URL of a file at an agent that holds it, with a ticket. */
    private String heldBy(Program agent, String path) throws Exception {
        site.through(agent, path);
        await().until(() -> site.holdings() == 1);
        return site.get(site.edge() + path, Site.VERIFYING).headers().firstValue("Location").orElseThrow();
    }

    /** A client with an address of its own on loopback; how long it took, in seconds. */
    private CompletableFuture<Double> client(String address, String url) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                var ran = site.curl("--interface", address, "-f", "-o", "/dev/null", "-w", "%{time_total}", url);
                assertThat(ran.exit()).as(ran.err()).isZero();
                return Double.valueOf(ran.out());
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }, Thread::startVirtualThread);
    }

    @Test
    @RequiresTool("curl")
    void keepsToItsRateAndGivesEachClientAnEqualPartOfIt() throws Exception {
        site.file("a.bin", SIZE);
        site.broker();
        var agent = site.agent("agent", "--token", "vouched", "--set", "serve.rate=8Mbit/s");
        String url = heldBy(agent, "/a.bin");

        var greedy = Stream.generate(() -> client("127.0.0.3", url)).limit(3).toList();
        double modest = client("127.0.0.2", url).join();
        var others = greedy.stream().map(CompletableFuture::join).sorted().toList();

        assertThat(modest).as("half of the uplink, whatever the other opens").isLessThan(others.getFirst());
        assertThat(others.getLast()).as("4 MB at 1 MB/s, but for what may go at once").isGreaterThan(3.5);
    }

    @Test
    @RequiresTool("curl")
    void isFullWhenItsSlotsAreTaken() throws Exception {
        site.file("a.bin", SIZE);
        site.broker();
        var agent = site.agent("agent", "--token", "vouched", "--set", "serve.slots=1", "--set", "serve.rate=2Mbit/s");
        String url = heldBy(agent, "/a.bin");
        var first = client("127.0.0.2", url);
        await().until(() -> site.program("fingerpost-agent", "status", "--data",
                site.launcher().path("agent").toString()).out().contains("uploads     1"));

        assertFull(site.get(url));

        first.join();
        assertThat(site.get(url, "Range", "bytes=0-9").statusCode()).isEqualTo(206);
    }

    /** From the disk's cache into the socket, without a copy of the program's own. */
    @Test
    @RequiresTool({"curl", "strace"})
    void bodiesGoByTheKernelsCopying() throws Exception {
        site.file("a.bin", SIZE);
        site.broker();
        var agent = site.agent("agent", "--token", "vouched", "--set", "serve.rate=1Gbit/s");
        String url = heldBy(agent, "/a.bin");
        Path calls = site.launcher().path("calls");
        var strace = site.started(Program.start("strace", List.of("strace", "-f", "-e", "trace=sendfile", "-o",
                calls.toString(), "-p", String.valueOf(agent.pid())), Map.of(), site.launcher().path("strace.log")));
        await().until(() -> strace.logText().contains("attached"));

        client("127.0.0.2", url).join();
        strace.stop();

        long sent = Files.readAllLines(calls).stream().filter(line -> line.contains("sendfile"))
                .map(Pattern.compile("= (\\d+)$")::matcher).filter(Matcher::find)
                .mapToLong(count -> Long.parseLong(count.group(1))).sum();
        assertThat(sent).isEqualTo(SIZE);
    }

    @Test
    void itsMonthlyQuotaOutlivesARestart() throws Exception {
        site.file("a.bin", SIZE);
        site.broker();
        String[] options = {"--token", "vouched", "--set", "serve.monthly-quota=1500KiB"};
        var agent = site.agent("agent", options);
        assertThat(site.get(heldBy(agent, "/a.bin")).statusCode()).isEqualTo(200);
        agent.stop();

        var again = site.agent("agent", options);

        await().until(() -> site.holdings() == 1);
        assertThat(site.program("fingerpost-agent", "status", "--data", site.launcher().path("agent").toString()).out())
                .contains("976.6 KiB of 1.5 MiB this month");
        assertThat(site.get(site.edge() + "/a.bin", Site.VERIFYING).statusCode())
                .as("the broker knows that it has not enough left").isEqualTo(200);
        assertThat(again.isAlive()).isTrue();
    }

    @Test
    @RequiresTool({"curl", "ip", "nsenter", "unshare"})
    void whoIsOfItsOwnNetworkIsServedBeyondIt() throws Exception {
        site.file("a.bin", SIZE);
        var network = OwnNetwork.of(site);
        network.address("10.9.0.7");
        String edge = network.broker().ready("edge");
        var agent = network.agent("--broker", edge, "--set", "serve.monthly-quota=1500KiB", "--set",
                "serve.rate=80kbit/s", "--set", "serve.lan-exempt=true"); // a file would take 100 s at that rate, and curl a minute
        network.curl("-o", "/dev/null", agent.ready("gateway") + "/a.bin");
        String[] redirect = {"-o", "/dev/null", "-w", "%{redirect_url}", edge + "/a.bin"};
        String url = await().until(() -> network.curl(redirect), to -> to.startsWith("http://10.9.0.7:"));

        for (int i = 0; i < 3; i++) {
            assertThat(network.curl("-o", "/dev/null", "-w", "%{http_code} %{size_download}", url))
                    .isEqualTo("200 " + SIZE);
        }
        assertThat(network.curl(agent.ready("gateway") + "/.well-known/fingerpost-agent/status"))
                .contains("\"servedBytes\":" + 3 * SIZE, "\"servedThisMonth\":0");
    }

    private static void assertFull(HttpResponse<byte[]> answer) {
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    }
}
