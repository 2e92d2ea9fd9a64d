package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With the origin gone, clients see what a plain proxy would show them. */
class OriginDownIT {
    @RegisterExtension
    private final Site site = new Site();

    @Test
    void anOriginThatIsDownIsA502() throws Exception {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var broker = site.brokerFor("http://127.0.0.1:" + port);

        var answer = site.get(site.edge() + "/a.bin");

        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(answer.headers().firstValue("Proxy-Status")).contains("fingerpost; error=connection_refused");
        assertThat(new String(answer.body())).contains("origin-unreachable").doesNotContain("Exception", "\tat ");
        assertThat(broker.logText()).doesNotContain("Exception", "\tat ");
    }

    @Test
    void anOriginThatNeverAnswersIsA504() throws Exception {
        try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var broker = site.brokerFor("http://127.0.0.1:" + silent.getLocalPort(), "--set",
                    "origin.answer-timeout=300ms");

            var answer = site.get(site.edge() + "/a.bin");

            assertThat(answer.statusCode()).isEqualTo(504);
            assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
            assertThat(broker.logText()).doesNotContain("Exception", "\tat ");
        }
    }

    @Test
    void whatPeersHoldIsStillServedWhileItIsFresh() throws Exception {
        byte[] content = site.file("a.bin", 300_000);
        var origin = site.started(site.launcher().origin("origin", site.folder()));
        site.brokerFor(origin.ready("origin"));
        var first = site.agent("first");
        site.through(first, "/a.bin");
        await().until(() -> site.holdings() == 1);
        var second = site.agent("second");
        origin.stop();

        assertThat(site.through(second, "/a.bin").body()).isEqualTo(content);
    }
}
