package io.fingerpost.deploy.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts our programs from a checkout. */
public final class Launcher {
    private final Path home;
    private final Path workDirectory;

    /**
     * @param home of the checkout
     * @param workDirectory for logs and data directories
     */
    public Launcher(Path home, Path workDirectory) throws IOException {
        this.home = home;
        this.workDirectory = Files.createDirectories(workDirectory);
    }

    /** The script of a program. */
    public Path script(String program) {
        return home.resolve("deploy").resolve("bin").resolve(program);
    }

    /** A file or folder of this run's own. */
    public Path path(String name) {
        return workDirectory.resolve(name);
    }

    /** An origin that serves {@code folder}. */
    public Program origin(String name, Path folder, String... options) throws IOException {
        return start(name, "fingerpost-origin", concat(List.of(folder.toString(), "--listen", "127.0.0.1:0"), options));
    }

    /** A broker on ports that are chosen, which lets peers on loopback in. */
    public Program broker(String name, String origin, String... options) throws IOException {
        return start(name, "fingerpost-broker", concat(List.of("--origin", origin, "--listen", "127.0.0.1:0", "--admin",
                "127.0.0.1:0", "--allow-peers", "127.0.0.0/8", "--data", path(name).toString()), options));
    }

    /** A registry by itself on ports that are chosen, which lets peers on loopback in. */
    public Program registry(String name, String origin, String... options) throws IOException {
        return start(name, "fingerpost-registry", concat(List.of("--origin", origin, "--listen", "127.0.0.1:0",
                "--admin", "127.0.0.1:0", "--allow-peers", "127.0.0.0/8", "--data", path(name).toString()), options));
    }

    /** A Redis on a port that is chosen, which keeps nothing. */
    public RedisServer redis(String name, Path program) throws IOException {
        return RedisServer.start(name, program, Files.createDirectories(path(name)), path(name + ".log"));
    }

    /** An agent on ports that are chosen. */
    public Program agent(String name, String broker, String... options) throws IOException {
        return start(name, "fingerpost-agent", concat(List.of("run", "--broker", broker, "--listen", "127.0.0.1:0",
                "--gateway", "127.0.0.1:0", "--data", path(name).toString()), options));
    }

    /** Any of our programs. */
    public Program start(String name, String program, List<String> arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(script(program).toString());
        command.addAll(arguments);
        return Program.start(name, command, Map.of(), path(name + ".log"));
    }

    private static List<String> concat(List<String> first, String... more) {
        var all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }
}
