package io.fingerpost.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the images copy is there once the programs are packaged, and their entry points start it. */
class DockerfileIT {
    @TempDir
    private Path opt;

    @ParameterizedTest
    @ValueSource(strings = {"broker", "agent"})
    void theEntryPointStartsWhatWasCopied(String program) throws IOException, InterruptedException {
        var image = Dockerfile.of(program);
        for (String copy : image.all("COPY")) {
            copy(copy.split("\\s+"));
        }

        var told = opt.resolve("told").toFile();
        var process = new ProcessBuilder(command(image)).redirectErrorStream(true).redirectOutput(told).start();

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(told).content().contains("Usage: fingerpost-" + program).doesNotContain("WARNING");
        assertThat(process.exitValue()).isZero();
    }

    /** As Docker does: a folder's content, or a file, into a folder. */
    private void copy(String[] sourceAndTarget) throws IOException {
        Path source = Project.path(sourceAndTarget[0]);
        Path target = here(sourceAndTarget[1]);
        Files.createDirectories(target);
        try (Stream<Path> files = Files.isDirectory(source) ? Files.list(source) : Stream.of(source)) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
    }

    private Path here(String pathInImage) {
        return opt.resolve(Path.of("/").relativize(Path.of(pathInImage)));
    }

    /** This Java for the image's; and `--help`, which reads the whole command line and starts no server. */
    private List<String> command(Dockerfile image) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return Stream.concat(image.entrypoint().stream().map(word -> switch (word) {
            case "java" -> java;
            case String path when path.endsWith(".jar") -> here(path).toString();
            default -> word;
        }), Stream.of("--help")).toList();
    }
}
