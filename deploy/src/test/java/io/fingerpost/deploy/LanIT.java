package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A peer that the broker cannot reach, since its address is of a private network, serves those who are behind the same address. */
class LanIT {
    @RegisterExtension
    private final Site site = new Site();

    @Test
    void neighboursAreSentToThePrivateAddressAndStrangersAreNot() throws Exception {
        byte[] content = site.file("a.bin", 300_000);
        site.broker("--set", "enrolment.lan-sharing=true", "--set", "edge.trusted-proxies=127.0.0.1/32");
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        var agent = site.agent("agent", "--set", "listen=127.0.0.1:" + port, "--advertise", "http://10.99.0.1:8443");
        site.through(agent, "/a.bin");
        await().until(() -> site.holdings() == 1);

        var stranger = ask("203.0.113.9");
        var neighbour = ask("127.0.0.1"); // from where the agent has registered

        assertThat(stranger.statusCode()).isEqualTo(200);
        assertThat(neighbour.statusCode()).isEqualTo(302);
        String location = neighbour.headers().firstValue("Location").orElseThrow();
        assertThat(location).startsWith("http://10.99.0.1:8443/");
        Path fetched = site.folder().resolve("fetched");
        var curl = site.curl("--connect-to", "10.99.0.1:8443:127.0.0.1:" + port, "-o", fetched.toString(), location);
        assertThat(curl.exit()).as(curl.err()).isZero();
        assertThat(fetched).hasBinaryContent(content);
    }

    private HttpResponse<byte[]> ask(String client) throws Exception {
        return site.get(site.edge() + "/a.bin", "Want-Repr-Digest", "sha-256=10", "X-Forwarded-For", client);
    }
}
