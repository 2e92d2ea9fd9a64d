package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.deploy.process.Program;
import io.fingerpost.testing.RequiresTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** By which ways clients reach an agent, and it the broker. */
class AgentReachIT {
    @RegisterExtension
    private final Site site = new Site();
    private byte[] content;

    @BeforeEach
    void makeFile() throws IOException {
        content = site.file("a.bin", 300_000);
    }

    private static String port(Program broker) throws IOException {
        return broker.ready("edge").replaceFirst(".*:", "");
    }

    /** An agent whose Java looks names up in a file of the test's own, and has other options. */
    private Program agent(String name, String javaOptions, String... options) throws IOException {
        var command = new ArrayList<>(List.of(site.launcher().script("fingerpost-agent").toString(), "run",
                "--gateway", "127.0.0.1:0", "--token", "vouched", "--data", site.launcher().path(name).toString()));
        command.addAll(List.of(options));
        var agent = site.started(Program.start(name, command, Map.of("JAVA_OPTS", javaOptions),
                site.launcher().path(name + ".log")));
        agent.readyLine();
        return agent;
    }

    private void assertRedirects(String edge, String peer) throws Exception {
        String[] curl = {"-L", "-g", "-o", site.launcher().path("got").toString(), "-w",
                "%{num_redirects} %{url_effective}",
                "-H", "Want-Repr-Digest: sha-256=10", edge + "/a.bin"};
        await().untilAsserted(() -> assertThat(site.curl(curl).out()).startsWith("1 " + peer + "/"));
        assertThat(site.launcher().path("got")).hasBinaryContent(content);
    }

    @Test
    @RequiresTool("curl")
    void eachClientIsSentToTheAddressOfItsOwnFamily() throws Exception {
        String port = port(
                site.broker("--set", "edge.listen=[::]:0", "--set", "registry.allow-peers=127.0.0.0/8,::1/128"));
        Path hosts = Files.writeString(site.launcher().path("hosts"), "127.0.0.1 edge.test\n::1 edge.test\n");

        var agent = agent("both", "-Djdk.net.hosts.file=" + hosts, "--broker", "http://edge.test:" + port, "--listen",
                "0.0.0.0:0");

        String[] peers = agent.ready("peer").split(",");
        String own = peers[0].replaceFirst(".*:", "");
        assertThat(peers).containsExactly("http://127.0.0.1:" + own, "http://[0:0:0:0:0:0:0:1]:" + own);
        site.through(agent, "/a.bin");
        assertRedirects("http://127.0.0.1:" + port, "http://127.0.0.1:" + own);
        assertRedirects("http://[::1]:" + port, "http://[::1]:" + own); // curl writes it shorter
    }

    @Test
    @RequiresTool("curl")
    void anAgentMayKnowIpv6Alone() throws Exception {
        String port = port(site.broker("--set", "edge.listen=[::1]:0", "--set", "registry.allow-peers=::1/128"));

        var agent = agent("six", "", "--broker", "http://[::1]:" + port, "--listen", "[::1]:0", "--set",
                "gateway=[::1]:0");

        assertThat(agent.ready("gateway")).startsWith("http://[::1]:");
        assertThat(site.through(agent, "/a.bin").body()).isEqualTo(content);
        assertRedirects("http://[::1]:" + port, agent.ready("peer"));
    }

    /** What it advertises besides is told to its owner, and keeps nobody from what answers. */
    @Test
    @RequiresTool("curl")
    void ofSeveralUrlsThoseThatAnswerAreUsed() throws Exception {
        site.broker();
        var first = agent("some", "", "--broker", site.edge(), "--listen", "127.0.0.1:0");
        String port = first.ready("peer").replaceFirst(".*:", "");
        first.stop();

        var agent = agent("some", "", "--broker", site.edge(), "--listen", "127.0.0.1:" + port, "--advertise",
                "http://127.0.0.1:9999,http://127.0.0.1:" + port);

        site.through(agent, "/a.bin");
        assertRedirects(site.edge(), "http://127.0.0.1:" + port);
        assertThat(site.program("fingerpost-agent", "status", "--data", site.launcher().path("some").toString()).out())
                .contains("peer        http://127.0.0.1:9999, http://127.0.0.1:" + port,
                        "reachable   yes, but not everywhere: tried http://127.0.0.1:9999 from here: ");
    }

    /** It says why, and is a client like all others. */
    @Test
    void whoCannotBeReachedIsToldAndStillFetchesFromPeers() throws Exception {
        site.broker();
        var seed = agent("seed", "", "--broker", site.edge(), "--listen", "127.0.0.1:0");
        site.through(seed, "/a.bin");
        await().until(() -> site.holdings() == 1);

        var hidden = agent("hidden", "", "--broker", site.edge(), "--listen", "127.0.0.1:0", "--advertise",
                "http://127.0.0.1:9999");

        assertThat(site.through(hidden, "/a.bin").body()).isEqualTo(content);
        String data = site.launcher().path("hidden").toString();
        assertThat(site.program("fingerpost-agent", "status", "--data", data).out())
                .contains("registered  yes", "reachable   no: tried http://127.0.0.1:9999 from here: ",
                        "; open that port to the broker, or advertise another URL");
        assertThat(site.program("fingerpost-agent", "status", "--json", "--data", data).out())
                .contains("\"fetchedFromPeers\":" + content.length, "\"fetchedFromOrigin\":0");
        assertThat(hidden.logText()).contains("clients are not sent here: ");
    }

    @Test
    @RequiresTool({"curl", "openssl"})
    void theBrokerMayBeReachedByTlsAlone() throws Exception {
        Path certificate = site.launcher().path("edge.crt");
        Path key = site.launcher().path("edge.key");
        var made = site.run("openssl", "req", "-x509", "-nodes", "-subj", "/CN=edge", "-addext",
                "subjectAltName=IP:127.0.0.1", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout",
                key.toString(), "-out", certificate.toString());
        assertThat(made.exit()).as(made.err()).isZero();
        Path trusted = site.launcher().path("trusted.p12");
        var stored = site.run(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-importcert",
                "-noprompt", "-alias", "edge", "-file", certificate.toString(), "-keystore", trusted.toString(),
                "-storepass", "changeit");
        assertThat(stored.exit()).as(stored.err() + stored.out()).isZero();
        var broker = site.broker("--set", "edge.tls.listen=127.0.0.1:0", "--set",
                "edge.tls.certificate=" + certificate, "--set", "edge.tls.key=" + key);
        String edge = broker.ready("edge-tls");

        var agent = agent("tls",
                "-Djavax.net.ssl.trustStore=" + trusted + " -Djavax.net.ssl.trustStorePassword=changeit",
                "--broker", edge, "--listen", "127.0.0.1:0");

        assertThat(site.through(agent, "/a.bin").body()).isEqualTo(content);
        assertRedirects(site.edge(), agent.ready("peer"));
        var stranger = site.started(Program.start("stranger",
                List.of(site.launcher().script("fingerpost-agent").toString(), "run", "--broker", edge, "--listen",
                        "127.0.0.1:0", "--gateway", "127.0.0.1:0", "--data",
                        site.launcher().path("stranger").toString()),
                Map.of(), site.launcher().path("stranger.log")));
        await().until(() -> stranger.logText().contains("the broker does not answer"));
    }
}
