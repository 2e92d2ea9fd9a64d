package io.fingerpost.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The demo has to work at every commit. */
class DemoIT {
    @RegisterExtension
    private final Site site = new Site();

    @Test
    void allThatTheDemoSaysIsTrue() throws Exception {
        for (int i = 0; i < 210; i++) {
            site.file("file-" + i + ".bin", 300_000 + new Random(i).nextInt(500_000));
        }
        var ran = site.run(Site.home().resolve("deploy").resolve("demo").toString(), "--files",
                site.folder().toString(),
                "--requests", "200");

        assertThat(ran.exit()).as(ran.out() + ran.err()).isZero();
        assertThat(ran.out()).contains("HTTP/1.1 302 Found", "All of that was true.").doesNotContain("WRONG");
    }

    @Test
    void tooFewFilesAreToldInOneLine() throws Exception {
        site.file("one.bin", 10_000);

        var ran = site.run(Site.home().resolve("deploy").resolve("demo").toString(), "--files",
                site.folder().toString());

        assertThat(ran.exit()).isEqualTo(1);
        assertThat(ran.err().lines()).hasSize(1);
        assertThat(ran.err()).contains("1 usable files", "--files DIR");
        assertThat(demoFolders()).isEmpty();
    }

    private static List<Path> demoFolders() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("fingerpost-demo")).toList();
        }
    }
}
