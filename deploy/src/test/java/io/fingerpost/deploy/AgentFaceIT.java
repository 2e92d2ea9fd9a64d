package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.deploy.process.Program;
import io.fingerpost.testing.RequiresTool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a user sees of the agent; the screens are those of its README. */
class AgentFaceIT {
    /** What differs from run to run: identities, numbers with their units, and what a progress bar shows on its way. */
    private static final Pattern VARYING = Pattern.compile("[A-Za-z0-9_-]{43}|\\d+(\\.\\d+)?( (B|KiB|MiB|GiB))?");

    @RegisterExtension
    private final Site site = new Site();

    private Site.Ran agent(String... arguments) throws IOException, InterruptedException {
        return site.program("fingerpost-agent", arguments);
    }

    private String data(String agent) {
        return site.launcher().path(agent).toString();
    }

    private static String masked(String screen) {
        return VARYING.matcher(screen.strip()).replaceAll("#");
    }

    /** The block of the README that follows a command's line. */
    private static String screen(String command) throws IOException {
        String readme = Files.readString(Site.home().resolve("client-agent/README.md"));
        int start = readme.indexOf("```\n$ " + command + "\n");
        assertThat(start).as("a screen of '%s' in the README", command).isNotNegative();
        int first = readme.indexOf('\n', readme.indexOf('\n', start) + 1) + 1;
        return readme.substring(first, readme.indexOf("```", first));
    }

    @Test
    void helpIsAsInTheReadme() throws Exception {
        var help = agent("--help");

        assertThat(help.exit()).isZero();
        assertThat(help.out().strip()).isEqualTo(screen("fingerpost-agent --help").strip());
    }

    @Test
    @RequiresTool("script")
    void getAndStatusAreAsInTheReadme() throws Exception {
        byte[] content = site.file("desert.pak", 3_000_000);
        site.broker();
        var seed = site.agent("seed", "--token", "vouched");
        site.through(seed, "/desert.pak");
        await().until(() -> site.holdings() == 1);
        site.agent("mine");
        Path file = site.launcher().path("desert.pak");

        // `script` is a terminal for it, without which there is no progress bar
        var got = site.run("script", "-qec",
                "stty cols 120; '" + site.launcher().script("fingerpost-agent") + "' get '" + site.edge()
                        + "/desert.pak' -o '" + file + "' --data '" + data("mine") + "'",
                "/dev/null");

        assertThat(got.exit()).as(got.out()).isZero();
        assertThat(Files.readAllBytes(file)).isEqualTo(content);
        var lines = got.out().replace("\033[K", "").split("[\r\n]+");
        assertThat(masked(lines[lines.length - 1]))
                .isEqualTo(masked(screen("fingerpost-agent get http://127.0.0.1:8080/desert.pak -o desert.pak").lines()
                        .toList().getLast()));
        assertThat(lines).as("the bar").anyMatch(line -> line.matches("\\[[#.]{20}] +\\d+ %  .* of 2\\.9 MiB .*/s.*"));
        assertThat(masked(agent("status", "--data", data("mine")).out()))
                .isEqualTo(masked(screen("fingerpost-agent status")));
        assertThat(agent("status", "--json", "--data", data("mine")).out()).contains("\"fetchedFromPeers\":3000000");
    }

    @Test
    void shareSeedsAFolder() throws Exception {
        byte[] known = site.file("known.bin", 300_000);
        site.file("changed.bin", 200_000);
        site.broker();
        Path folder = Files.createDirectories(site.launcher().path("mine/maps"));
        Files.write(folder.resolveSibling("known.bin"), known);
        Files.write(folder.resolveSibling("changed.bin"), new byte[200_000]);
        Files.write(folder.resolve("unknown map.bin"), new byte[10]);
        Files.write(folder.resolveSibling(".hidden"), new byte[10]);
        site.get(site.edge() + "/known.bin"); // from now on the broker knows it

        Path said = site.launcher().path("share.out");
        var seed = site.started(Program.start("seed",
                List.of("sh", "-c", "exec \"$@\" >'" + said + "'", "sh",
                        site.launcher().script("fingerpost-agent").toString(), "share", folder.getParent().toString(),
                        "--broker", site.edge(), "--token", "vouched", "--listen", "127.0.0.1:0", "--gateway",
                        "127.0.0.1:0", "--data", data("seed")),
                Map.of(), site.launcher().path("seed.log")));

        await().until(() -> Files.readString(said).contains("sharing "));
        assertThat(Files.readString(said).lines().skip(1)).containsExactly("different /changed.bin",
                "shared /known.bin", "refused /maps/unknown%20map.bin", "sharing 1 files of " + folder.getParent());
        await().until(() -> site.get(site.edge() + "/known.bin").statusCode() == 302);
        assertThat(seed.stop()).isZero();
    }

    @Test
    @RequiresTool("curl")
    void theGatewayIsAGoodCitizen() throws Exception {
        byte[] content = site.file("a.bin", 3_000_000);
        site.broker();
        String url = site.agent("mine").ready("gateway") + "/a.bin";

        var part = site.get(url, "Range", "bytes=1000000-1999999");
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(content, 1_000_000, 2_000_000));
        var whole = site.get(url);
        assertThat(whole.body()).isEqualTo(content);
        String etag = whole.headers().firstValue("ETag").orElseThrow();
        var again = site.get(url, "If-None-Match", etag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.headers().firstValue("Cache-Status").orElseThrow()).contains("hit");
        assertThat(site.curl("-I", url).out()).contains("200 OK", "Content-Length: 3000000");
        assertThat(site.get(url, "Cache-Control", "only-if-cached").body()).isEqualTo(content);
        assertThat(site.get(url + "x", "Cache-Control", "only-if-cached").statusCode()).isEqualTo(504);
        assertThat(site.get(url + "x").statusCode()).as("passed through").isEqualTo(404);
    }

    /** What is there is for the program at once, while the rest is on its way. */
    @Test
    void theGatewayStreamsAndTheLogIsQuiet() throws Exception {
        byte[] content = site.file("a.bin", 3_000_000);
        site.broker();
        var seed = site.agent("seed", "--token", "vouched", "--set", "serve.rate=4Mbit/s");
        site.through(seed, "/a.bin");
        await().until(() -> site.holdings() == 1);
        var mine = site.agent("mine");

        var request = HttpRequest.newBuilder(URI.create(mine.ready("gateway") + "/a.bin")).build();
        try (var body = site.http().send(request, BodyHandlers.ofInputStream()).body()) {
            byte[] first = body.readNBytes(64 * 1024);
            assertThat(agent("status", "--data", data("mine")).out()).as("six seconds take longer than this")
                    .contains("fetches     /a.bin  ");
            byte[] rest = body.readAllBytes();

            assertThat(first).isEqualTo(Arrays.copyOf(content, first.length));
            assertThat(rest).isEqualTo(Arrays.copyOfRange(content, first.length, content.length));
        }
        assertThat(seed.logText().lines()).as("fetched, served, nothing to tell").hasSizeLessThanOrEqualTo(2);
        assertThat(mine.logText().lines()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void anotherVersionsStoreIsLeftAsItIs() throws Exception {
        byte[] content = site.file("a.bin", 300_000);
        site.broker();
        var agent = site.agent("mine");
        String id = agent.ready("peer-id");
        site.through(agent, "/a.bin");
        agent.stop();
        Path layout = site.launcher().path("mine").resolve("store/layout");

        Files.writeString(layout, "2\n");
        var refused = agent("run", "--broker", site.edge(), "--data", data("mine"));
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err().lines()).filteredOn(line -> line.contains("layout '2'")).hasSize(1);

        Files.delete(layout); // as of before there were numbers
        var again = site.agent("mine");
        assertThat(again.ready("peer-id")).isEqualTo(id);
        assertThat(site.through(again, "/a.bin").body()).isEqualTo(content);
        assertThat(agent("status", "--json", "--data", data("mine")).out()).contains("\"fetchedFromOrigin\":0");
    }

    @Test
    void verifyAndGcLookAfterAStoreInWhichNoAgentRuns() throws Exception {
        site.file("a.bin", 300_000);
        site.file("b.bin", 200_000);
        site.broker();
        var mine = site.agent("mine");
        site.through(mine, "/a.bin");

        assertThat(agent("verify", "--data", data("mine")).err()).contains("an agent runs in");
        mine.stop();
        assertThat(agent("verify", "--data", data("mine")).out()).isEqualTo("verified 1 files, 293.0 KiB\n");

        site.flipABit("mine");
        var check = agent("verify", "--data", data("mine"));
        assertThat(check.exit()).isEqualTo(1);
        assertThat(check.out()).startsWith("damaged, removed: ").endsWith("verified 0 files, 0 B; removed 1\n");

        var again = site.agent("mine");
        site.through(again, "/a.bin");
        site.through(again, "/b.bin");
        again.stop();
        var gc = agent("gc", "--to", "250KiB", "--data", data("mine"));
        assertThat(gc.exit()).as(gc.err()).isZero();
        assertThat(gc.out()).isEqualTo("removed 293.0 KiB; 1 files, 195.3 KiB are left\n");
        assertThat(agent("gc", "--data", site.launcher().path("none").toString()).err())
                .contains("no agent has run in");
    }

    @Test
    @RequiresTool("curl")
    void unmodifiedProgramsUseItAsAProxy() throws Exception {
        byte[] content = site.file("a.bin", 300_000);
        site.broker();
        var mine = site.agent("mine", "--set", "proxy-for=cdn.example");
        Path got = site.launcher().path("got");

        var ran = site.curl("-x", mine.ready("gateway"), "-o", got.toString(), "-w", "%{http_code}",
                "http://cdn.example/a.bin");
        var other = site.curl("-x", mine.ready("gateway"), "-w", "%{http_code}", "-o", "/dev/null",
                "http://other.example/a.bin");

        assertThat(ran.out()).isEqualTo("200");
        assertThat(Files.readAllBytes(got)).isEqualTo(content);
        assertThat(other.out()).isEqualTo("403");
    }

    @Test
    void withoutABrokerItServesFromStoreAndOrigin() throws Exception {
        byte[] stored = site.file("a.bin", 300_000);
        byte[] other = site.file("b.bin", 200_000);
        var origin = site.started(site.launcher().origin("origin", site.folder()));
        var broker = site.brokerFor(origin.ready("origin"));
        var mine = site.agent("mine", "--set", "origin=" + origin.ready("origin"));
        site.through(mine, "/a.bin");
        broker.kill();

        assertThat(site.through(mine, "/a.bin").body()).isEqualTo(stored);
        assertThat(site.through(mine, "/b.bin").body()).isEqualTo(other);
        assertThat(site.get(mine.ready("gateway") + "/.well-known/fingerpost-agent/metrics").body()).asString()
                .contains("\nfingerpost_agent_holdings 1\n");
    }

    /** With a program in the place of systemd's own, which tells what it was told. */
    @Test
    void tellsTheServiceManagerThatItIsReady() throws Exception {
        site.broker();
        Path told = site.launcher().path("told");
        Path notify = Files.writeString(Files.createDirectories(site.launcher().path("bin")).resolve("systemd-notify"),
                "#!/bin/sh\necho \"$1 $NOTIFY_SOCKET\" >>'" + told + "'\n");
        Files.setPosixFilePermissions(notify, PosixFilePermissions.fromString("rwx------"));
        var mine = site.started(Program.start("mine",
                List.of(site.launcher().script("fingerpost-agent").toString(), "run", "--broker", site.edge(),
                        "--listen", "127.0.0.1:0", "--gateway", "127.0.0.1:0", "--data", data("mine")),
                Map.of("NOTIFY_SOCKET", "/run/x", "PATH", notify.getParent() + ":" + System.getenv("PATH")),
                site.launcher().path("mine.log")));
        mine.readyLine();

        await().until(() -> Files.exists(told));
        assertThat(mine.stop()).isZero();
        assertThat(told).hasContent("READY=1 /run/x\nSTOPPING=1 /run/x");
    }
}
