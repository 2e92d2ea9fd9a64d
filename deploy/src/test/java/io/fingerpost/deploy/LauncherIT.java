package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.testing.RequiresTool;
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
}
