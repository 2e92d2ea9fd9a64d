package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.deploy.process.Program;
import io.fingerpost.testing.RequiresTool;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The launchers on machines that lack something. */
class LauncherIT {
    @RegisterExtension
    private final Site site = new Site();

    @Test
    @RequiresTool("unshare")
    @EnabledIfSystemProperty(named = "user.name", matches = "root",
            disabledReason = "hides /usr/lib/jvm, which only root can")
    void withoutAJdk25TheyTellInOneLineWhatIsMissing() throws Exception {
        var ran = site.run("unshare", "-m", "sh", "-c",
                "mount -t tmpfs tmpfs /usr/lib/jvm && unset JAVA_HOME JAVA25_HOME "
                        + "FINGERPOST_JAVA_HOME && HOME=/nonexistent exec \"$1\" --help",
                "sh",
                site.launcher().script("fingerpost-broker").toString());

        assertThat(ran.exit()).isEqualTo(2);
        assertThat(ran.err().lines()).containsExactly(
                "fingerpost: no JDK 25 found: install one under /usr/lib/jvm, or set JAVA25_HOME to its folder");
    }

    @Test
    @RequiresTool("env")
    void anAgentsImageNeedsNoJava() throws Exception {
        byte[] content = site.file("a.bin", 300_000);
        Path image = site.launcher().path("image");
        var made = site.run(site.launcher().script("agent-image").toString(), image.toString());
        assertThat(made.exit()).as(made.err()).isZero();
        String edge = site.broker().ready("edge");

        var agent = site.started(Program.start("agent",
                List.of("env", "-i", "PATH=/usr/bin:/bin", image.resolve("bin/fingerpost-agent").toString(), "run",
                        "--broker", edge, "--listen", "127.0.0.1:0", "--gateway", "127.0.0.1:0", "--data",
                        site.launcher().path("agent").toString()),
                Map.of(), site.launcher().path("agent.log")));

        assertThat(site.through(agent, "/a.bin").body()).isEqualTo(content);
        assertThat(agent.logText()).as("the AOT cache is taken").doesNotContain("[warning]", "[error]");
        var again = site.run(site.launcher().script("agent-image").toString(), image.toString());
        assertThat(again.exit()).isEqualTo(2);
        assertThat(again.err()).contains("is there already");
    }
}
