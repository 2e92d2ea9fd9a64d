package io.fingerpost.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

class RequiresToolTest {
    @TempDir
    private Path folder;
    private String path;

    @BeforeEach
    void putAToolOnThePath() throws IOException {
        Files.createFile(folder.resolve("grindstone"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        path = "/nowhere" + File.pathSeparator + folder;
    }

    @Test
    void runsTheTestIfTheToolIsThere() {
        var result = new RequiresToolCondition(Map.of("PATH", path, "CI", "true")).decide("grindstone");

        assertThat(result.isDisabled()).isFalse();
    }

    @Test
    void skipsTheTestAndNamesTheToolThatIsMissing() {
        var result = new RequiresToolCondition(Map.of("PATH", path)).decide("grindstone", "lathe");

        assertThat(result.isDisabled()).isTrue();
        assertThat(result.getReason()).hasValue("not on the PATH: lathe");
    }

    @Test
    void failsTheTestInsteadWhereNothingMayBeSkipped() {
        var condition = new RequiresToolCondition(Map.of("PATH", path, "CI", "true"));

        assertThatThrownBy(() -> condition.decide("lathe")).hasMessageContaining("not on the PATH: lathe");
    }

    @Test
    void doesNotTakeAFolderOrAPlainFileForATool() throws IOException {
        Files.createDirectory(folder.resolve("lathe"));
        Files.createFile(folder.resolve("plane"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        var condition = new RequiresToolCondition(Map.of("PATH", path));

        assertThat(condition.decide("lathe").isDisabled()).isTrue();
        assertThat(condition.decide("plane").isDisabled()).isTrue();
    }

    @Test
    void isObeyedByJUnit() {
        Events tests = EngineTestKit.engine("junit-jupiter").selectors(selectClass(NeedsAToolThatNobodyHas.class))
                .execute().testEvents();

        boolean mustNotSkip = "true".equals(System.getenv("CI"));
        tests.assertStatistics(counts -> counts.started(mustNotSkip ? 1 : 0).failed(mustNotSkip ? 1 : 0)
                .skipped(mustNotSkip ? 0 : 1).succeeded(0));
    }

    /** Run by {@link #isObeyedByJUnit} only; the build does not look into nested classes that are static. */
    static class NeedsAToolThatNobodyHas {
        @Test
        @RequiresTool("fingerpost-no-such-tool")
        void neverRuns() {}
    }
}
