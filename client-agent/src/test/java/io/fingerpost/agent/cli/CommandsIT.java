package io.fingerpost.agent.cli;

import static io.fingerpost.agent.testing.Content.PIECE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.agent.Agent;
import io.fingerpost.agent.AgentConfig;
import io.fingerpost.agent.testing.Content;
import io.fingerpost.agent.testing.FakeBroker;
import io.fingerpost.contract.config.ConfigLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** `get` and `status` as the command line runs them, with and without an agent. */
@Timeout(30)
class CommandsIT {
    private static final String RESOURCE = "/maps/desert.pak";
    private static final Content FILE = Content.of(2 * PIECE + 99, 1);

    @RegisterExtension
    private final FakeBroker broker = new FakeBroker();
    @TempDir
    private Path directory;
    private Path data;
    private Path downloads;
    private Path file;

    @BeforeEach
    void prepare() throws IOException {
        data = directory.resolve("data");
        downloads = Files.createDirectory(directory.resolve("downloads"));
        file = downloads.resolve("desert.pak");
    }

    private static int run(Callable<Integer> command, String... arguments) {
        return new CommandLine(command).registerConverter(ResourceUrl.class, ResourceUrl::parse)
                .setExecutionExceptionHandler((_, _, _) -> CommandLine.ExitCode.SOFTWARE).execute(arguments);
    }

    private int get(String resource) {
        return run(new GetCommand(), broker.url() + resource, "-o", file.toString(), "--data", data.toString());
    }

    private int status(String... options) {
        String[] arguments = Stream.concat(Stream.of("--data", data.toString()),
                Arrays.stream(options)).toArray(String[]::new);
        return run(new StatusCommand(), arguments);
    }

    private Agent agent() throws IOException {
        return new Agent(new ConfigLoader(Agent.class, "agent-defaults.yaml", Map.of())
                .set("broker", broker.url().toString(), "test").set("listen", "127.0.0.1:0", "test")
                .set("gateway", "127.0.0.1:0", "test").set("data", data.toString(), "test").bind(AgentConfig.class),
                InstantSource.system(), _ -> {});
    }

    private void assertNothingLeft() throws IOException {
        try (var files = Files.list(downloads)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void getPutsACompleteFileUnderItsName() throws IOException {
        broker.originServes(RESOURCE, FILE);
        Files.writeString(file, "an older version");

        assertThat(get(RESOURCE)).isZero();

        assertThat(Files.readAllBytes(file)).isEqualTo(FILE.bytes());
        assertThat(downloads.resolve("desert.pak.part")).doesNotExist();
    }

    @Test
    void getLeavesNothingOfAFailure() throws IOException {
        broker.on(RESOURCE, call -> {
            call.head(200, "Content-Length: " + FILE.size());
            call.send(FILE.part(0, PIECE));
        });

        assertThat(get(RESOURCE)).isEqualTo(1);
        assertThat(get("/none")).isEqualTo(1);

        assertNothingLeft();
    }

    @Test
    void getKeepsTheOldFileWhenItFails() throws IOException {
        Files.writeString(file, "an older version");

        assertThat(get("/none")).isEqualTo(1);

        assertThat(file).hasContent("an older version");
    }

    @Test
    void getGoesThroughTheAgentThatRuns() throws IOException {
        broker.originServes(RESOURCE, FILE);
        try (var agent = agent()) {
            assertThat(get(RESOURCE)).isZero();

            assertThat(Files.readAllBytes(file)).isEqualTo(FILE.bytes());
            await().until(() -> agent.status().holdings() == 1);
        }
    }

    @Test
    void getRefusesAWrongUrlAsWrongUse() {
        assertThat(run(new GetCommand(), "ftp://broker/x", "-o", file.toString())).isEqualTo(2);
        assertThat(run(new GetCommand(), "http://broker/x")).isEqualTo(2);
    }

    @Test
    void statusFailsUnlessAnAgentRuns() throws IOException {
        assertThat(status()).isEqualTo(1);

        try (var agent = agent()) {
            assertThat(agent.status().holdings()).isZero();
            assertThat(status()).isZero();
            assertThat(status("--json")).isZero();
        }

        assertThat(status()).isEqualTo(1);
    }
}
