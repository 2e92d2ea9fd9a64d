package io.fingerpost.agent.cli;

import io.fingerpost.agent.AgentConfig;
import io.fingerpost.agent.RunningAgent;
import io.fingerpost.contract.config.ConfigLoader;
import io.fingerpost.contract.config.DataDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** `fingerpost-agent get`: fetches one file, through the agent that runs if there is one. */
@Command(name = "get", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Fetches one URL of the broker into a file: from peers if it can, verified, else from the origin.",
        footer = {
                "",
                "Exit 0 only when the file is complete, and verified if it may be shared; until then it is not there under its name."})
public final class GetCommand implements Callable<Integer> {
    @Parameters(paramLabel = "URL", description = "On the broker, for example http://broker:8080/file")
    private @Nullable ResourceUrl url;

    @Option(names = "-o", order = 1, paramLabel = "FILE", required = true, description = "Where to put it")
    private @Nullable Path file;

    @Option(names = "--data", order = 2, paramLabel = "DIR", defaultValue = "~/.fingerpost/agent",
            description = "The data directory (default: ${DEFAULT-VALUE})")
    private String data = "";

    @Override
    public Integer call() throws IOException, InterruptedException {
        var wanted = Objects.requireNonNull(url); // picocli insists on both
        Path target = checked(Objects.requireNonNull(file));
        Path part = Files.createTempFile(folder(target), target.getFileName() + ".", ".part");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> part.toFile().delete(), "clean up")); // on Ctrl-C, too
        try {
            fetch(wanted, part);
            Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rw-r--r--")); // it began as a private file
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        return 0;
    }

    /** Where the file is to be, links resolved. Only a regular file is ever replaced. */
    private static Path checked(Path file) throws IOException {
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw new IOException("'" + file + "' is there and is not a regular file");
        }
        if (!Files.isDirectory(folder(target))) {
            throw new IOException("'" + file + "': there is no directory '" + folder(target) + "'");
        }
        return target;
    }

    private static Path folder(Path absolute) {
        return Objects.requireNonNullElse(absolute.getParent(), absolute); // only the root has none
    }

    private void fetch(ResourceUrl wanted, Path part) throws IOException, InterruptedException {
        Path directory = DataOption.path(data);
        boolean taken = DataDirectory.isTaken(directory);
        Optional<RunningAgent> running = taken
                ? RunningAgent.read(directory).filter(agent -> agent.broker().equals(wanted.broker()))
                : Optional.empty();
        if (running.isPresent()) {
            try (var download = new Download(config(wanted, directory), part)) {
                download.throughAgent(URI.create(running.get().gateway() + wanted.resource()));
            }
        } else if (taken) {
            fetchBeside(wanted, part);
        } else {
            fetchAlone(wanted, directory, part);
        }
    }

    /** Another process has the store: this download keeps one of its own beside the file, for as long as it lasts. */
    private static void fetchBeside(ResourceUrl wanted, Path part) throws IOException {
        Path own = Files.createTempDirectory(folder(part), ".fingerpost-get");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(own), "clean up store"));
        fetchAlone(wanted, own, part);
    }

    private static void delete(Path folder) {
        try (var all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            System.err.println("fingerpost-agent: '" + folder + "' stays behind: " + e.getMessage());
        }
    }

    private static void fetchAlone(ResourceUrl wanted, Path directory, Path part) throws IOException {
        try (var download = new Download(config(wanted, directory), part)) {
            download.alone(wanted.resource());
        }
    }

    private static AgentConfig config(ResourceUrl wanted, Path directory) {
        return new ConfigLoader(AgentConfig.class, "agent-defaults.yaml", Map.of())
                .set("broker", wanted.broker(), "URL")
                .set("data", directory.toString(), "--data")
                .bind(AgentConfig.class);
    }
}
