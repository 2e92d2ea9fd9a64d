package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.deploy.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGHUP makes a running broker read its rules again. */
class HangUpIT {
    @RegisterExtension
    private final Site site = new Site();

    private String label(String path) throws IOException, InterruptedException {
        return site.get(site.edge() + path).headers().firstValue("Fingerpost-Label").orElseThrow();
    }

    private void hangUp(Program broker) throws IOException, InterruptedException {
        assertThat(site.run("kill", "-HUP", Long.toString(broker.pid())).exit()).isZero();
    }

    @Test
    void rulesAreReadAgainAndBadOnesAreRefusedWithTheirLine() throws Exception {
        site.file("a.bin", 10_000);
        Path file = Files.writeString(site.launcher().path("edge.yaml"), "sharing:\n  rules: []\n");
        var broker = site.broker("--config", file.toString());
        assertThat(label("/a.bin")).isEqualTo("shareable");

        Files.writeString(file, "sharing:\n  rules:\n    - path: /*.bin\n      share: no\n");
        hangUp(broker);
        await().until(() -> label("/a.bin").equals("refused;reason=by-rule"));

        Files.writeString(file, "sharing:\n  rules:\n    - path: bin\n");
        hangUp(broker);
        await().until(() -> broker.logText().contains(file + ":3: bad value 'bin' for 'sharing.rules[0].path'"));

        assertThat(broker.isAlive()).isTrue();
        assertThat(label("/a.bin")).isEqualTo("refused;reason=by-rule");
        assertThat(site.metrics().sum("fingerpost_broker_config_last_reload_success", "")).isZero();
    }
}
