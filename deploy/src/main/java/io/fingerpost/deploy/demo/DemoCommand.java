package io.fingerpost.deploy.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

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

    @Option(names = "--keep", order = 4, description = "Leave everything running, and print the URLs")
    private boolean keep;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path folder = files != null ? files : Path.of(System.getProperty("user.home"), ".m2", "repository");
        var collection = FileCollection.of(folder, files == null ? List.of(".jar", ".pom") : List.of(""));
        Path work = Files.createTempDirectory("fingerpost-demo");
        var demo = new Demo(collection, audience, work);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(demo, work), "end of demo"));
        boolean good = demo.run(requests);
        if (keep) {
            demo.keepRunning();
        }
        return good ? 0 : 1;
    }

    /** However the demo ends, nothing of it stays behind. */
    private static void end(Demo demo, Path work) {
        try {
            demo.close();
            delete(work);
        } catch (IOException e) {
            System.err.println("fingerpost: " + e.getMessage());
        }
    }

    private static void delete(Path work) throws IOException {
        try (Stream<Path> all = Files.walk(work)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
