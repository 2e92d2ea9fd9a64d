package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.contract.Sha256;
import io.fingerpost.testing.RequiresTool;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The core of the project: request, expose, tell, register, redirect. */
class FiveStepsIT {
    @RegisterExtension
    private final Site site = new Site();

    @Test
    void theSecondClientGetsTheFileFromTheFirst() throws Exception {
        byte[] content = site.file("a.bin", 3_000_000);
        site.broker();
        var first = site.agent("first");
        var second = site.agent("second");

        assertThat(site.through(first, "/a.bin").body()).isEqualTo(content);
        await().until(() -> site.holdings() == 1
                && site.metrics().sum("fingerpost_broker_origin_bytes_total", "") == content.length);

        var redirect = site.get(site.edge() + "/a.bin", Site.VERIFYING);
        assertThat(redirect.statusCode()).isEqualTo(302);
        assertThat(redirect.headers().firstValue("Location").orElseThrow()).startsWith(first.ready("peer"));
        assertThat(site.through(second, "/a.bin").body()).isEqualTo(content);
        await().until(() -> site.holdings() == 2);
        assertThat(site.metrics().sum("fingerpost_broker_origin_bytes_total", "")).isEqualTo(content.length);
    }

    @Test
    @RequiresTool("curl")
    void curlMeetsOnlySuperNodes() throws Exception {
        byte[] content = site.file("a.bin", 300_000);
        site.broker();
        var ordinary = site.agent("ordinary");
        site.through(ordinary, "/a.bin");
        await().until(() -> site.holdings() == 1);

        assertThat(site.curl("-o", "/dev/null", "-w", "%{http_code}", site.edge() + "/a.bin").out()).isEqualTo("200");

        var vouched = site.agent("vouched", "--token", "vouched");
        site.through(vouched, "/a.bin");
        await().until(() -> site.holdings() == 2);
        var got = site.launcher().path("got");
        var curl = site.curl("-L", "-o", got.toString(), "-w", "%{num_redirects} %{url_effective}",
                site.edge() + "/a.bin");
        assertThat(curl.out()).startsWith("1 " + vouched.ready("peer"));
        assertThat(Files.readAllBytes(got)).isEqualTo(content);
    }

    @Test
    @RequiresTool("curl")
    void audienceAnyOpensOrdinaryPeersToCurl() throws Exception {
        site.file("a.bin", 300_000);
        site.broker("--audience", "any");
        var ordinary = site.agent("ordinary");
        site.through(ordinary, "/a.bin");
        await().until(() -> site.holdings() == 1);

        assertThat(site.curl("-o", "/dev/null", "-w", "%{http_code}", site.edge() + "/a.bin").out()).isEqualTo("302");
    }

    @Test
    void whatIsNotLabelledShareableNeverLeavesTheOriginPath() throws Exception {
        byte[] content = site.file("a.bin", 300_000);
        var origin = site
                .started(site.launcher().origin("origin", site.folder(), "--cache-control", "private, max-age=60"));
        site.brokerFor(origin.ready("origin"));
        var agent = site.agent("agent");

        assertThat(site.through(agent, "/a.bin").body()).isEqualTo(content);
        var again = site.get(site.edge() + "/a.bin", Site.VERIFYING);

        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(again.headers().firstValue("Fingerpost-Label")).contains("refused;reason=not-public");
        assertThat(site.metrics().sum("fingerpost_broker_requests_total", "reason=\"unlabelled\"")).isEqualTo(1);
        assertThat(site.holdings()).isZero();
    }

    @Test
    void getFetchesFromPeersAndLeavesACompleteFile() throws Exception {
        byte[] content = site.file("a.bin", 3_000_000);
        site.broker();
        var holder = site.agent("holder");
        site.through(holder, "/a.bin");
        await().until(() -> site.holdings() == 1);
        var target = site.launcher().path("target.bin");

        var got = site.program("fingerpost-agent", "get", site.edge() + "/a.bin", "-o", target.toString(), "--data",
                site.launcher().path("alone").toString());

        assertThat(got.exit()).as(got.err()).isZero();
        assertThat(Sha256.digestOf(Files.readAllBytes(target))).isEqualTo(Sha256.digestOf(content));
        assertThat(site.metrics().sum("fingerpost_broker_requests_total", "decision=\"redirect\"")).isEqualTo(1);
    }

    @Test
    void getOfWhatIsNotThereLeavesNoFile() throws Exception {
        site.broker();
        var target = site.launcher().path("target.bin");

        var got = site.program("fingerpost-agent", "get", site.edge() + "/missing", "-o", target.toString(), "--data",
                site.launcher().path("alone").toString());

        assertThat(got.exit()).isEqualTo(1);
        assertThat(got.err().lines()).containsExactly("fingerpost-agent: status 404 for /missing");
        assertThat(target).doesNotExist();
        assertThat(target.resolveSibling("target.bin.part")).doesNotExist();
    }

    @Test
    void getGoesThroughTheAgentThatRuns() throws Exception {
        byte[] content = site.file("a.bin", 300_000);
        site.broker();
        site.agent("runs");
        var target = site.launcher().path("target.bin");

        var got = site.program("fingerpost-agent", "get", site.edge() + "/a.bin", "-o", target.toString(), "--data",
                site.launcher().path("runs").toString());

        assertThat(got.exit()).as(got.err()).isZero();
        assertThat(Files.readAllBytes(target)).isEqualTo(content);
        await().until(() -> site.holdings() == 1); // the agent that runs keeps and serves it
    }

    @Test
    void statusTellsHowTheAgentIs() throws Exception {
        site.file("a.bin", 300_000);
        site.broker();
        var agent = site.agent("agent");
        site.through(agent, "/a.bin");
        await().until(() -> site.holdings() == 1);
        String data = site.launcher().path("agent").toString();

        assertThat(site.program("fingerpost-agent", "status", "--data", data).out()).contains("registered  yes",
                "1 files");
        assertThat(site.program("fingerpost-agent", "status", "--json", "--data", data).out())
                .contains("\"registered\":true", "\"peerId\":\"" + agent.ready("peer-id") + "\"");
        agent.stop();
        var stopped = site.program("fingerpost-agent", "status", "--data", data);
        assertThat(stopped.exit()).isEqualTo(1);
        assertThat(stopped.err().lines()).hasSize(1);
    }
}
