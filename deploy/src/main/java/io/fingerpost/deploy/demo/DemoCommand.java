package io.fingerpost.deploy.demo;

import io.fingerpost.deploy.process.RedisServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** `deploy/demo`. */
@Command(name = "demo", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Shows the main job: an origin, a broker, three agents as processes of their own, and real files.",
        footer = {
                "", "Exit 0 only if everything that it says was true."})
public final class DemoCommand implements Callable<Integer> {
    @Option(names = "--files", order = 1, paramLabel = "DIR",
            description = "Folder of files to serve, at least 200 and 100 MB (default: jars and poms of ~/.m2/repository)")
    private @Nullable Path files;

    @Option(names = "--requests", order = 2, paramLabel = "N", defaultValue = "1500",
            description = "Requests of the closing run (default: ${DEFAULT-VALUE})")
    private int requests;

    @Option(names = "--audience", order = 3, paramLabel = "verifying|any", defaultValue = "verifying",
            description = "Who is sent to any peer, as in fingerpost-broker (default: ${DEFAULT-VALUE})")
    private String audience = "";

    @Option(names = "--redis", order = 4,
            description = "Shows something else: two brokers and two registries that share a Redis, one of each is killed, and no "
                    + "client notices. Needs redis-server or valkey-server in the PATH, or named by REDIS_SERVER")
    private boolean redis;

    @Option(names = "--keep", order = 5, description = "Leave everything running, and print the URLs")
    private boolean keep;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException, InterruptedException {
        Optional<Path> server = redis ? Optional.of(redisServer()) : Optional.empty();
        Path folder = files != null ? files : Path.of(System.getProperty("user.home"), ".m2", "repository");
        var collection = FileCollection.of(folder, files == null ? List.of(".jar", ".pom") : List.of(""));
        var cast = Cast.gather();
        Play play = server.isPresent()
                ? new RedisRun(cast, collection, server.get())
                : new Demo(cast, collection, audience, requests);
        boolean good = play.run();
        if (keep) {
            play.keepRunning();
        }
        return good ? 0 : 1;
    }

    private Path redisServer() {
        Optional<String> named = Optional.ofNullable(System.getenv("REDIS_SERVER")).filter(name -> !name.isEmpty());
        return RedisServer.find(named, Optional.ofNullable(System.getenv("PATH")).orElse(""))
                .orElseThrow(() -> new ParameterException(spec.commandLine(), named
                        .map(name -> "REDIS_SERVER names no program: '" + name + "'")
                        .orElse("no redis-server and no valkey-server in the PATH; install one, or name one by REDIS_SERVER")));
    }
}
