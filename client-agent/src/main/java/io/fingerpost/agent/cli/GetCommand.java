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
                "", "Exit 0 only when the file is complete and verified; until then it does not exist under its name."})
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
        Path target = Objects.requireNonNull(file).toAbsolutePath();
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            fetch(wanted, part);
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        return 0;
    }

    private void fetch(ResourceUrl wanted, Path part) throws IOException, InterruptedException {
        Path directory = DataOption.path(data);
        Optional<RunningAgent> running = DataDirectory.isTaken(directory)
                ? RunningAgent.read(directory).filter(agent -> agent.broker().equals(wanted.broker()))
                : Optional.empty();
        var config = new ConfigLoader(AgentConfig.class, "agent-defaults.yaml", Map.of())
                .set("broker", wanted.broker(), "URL")
                .set("data", directory.toString(), "--data")
                .bind(AgentConfig.class);
        try (var download = new Download(config, part)) {
            if (running.isPresent()) {
                download.throughAgent(URI.create(running.get().gateway() + wanted.resource()));
            } else {
                download.alone(wanted.resource());
            }
        }
    }
}
