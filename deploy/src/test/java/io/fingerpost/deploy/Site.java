package io.fingerpost.deploy;

import io.fingerpost.deploy.process.Launcher;
import io.fingerpost.deploy.process.Metrics;
import io.fingerpost.deploy.process.Program;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A site of a test's own: real processes on loopback ports that were chosen, all of which end with the test. */
public final class Site implements BeforeEachCallback, AfterEachCallback {
    /** What every verifying client says. */
    static final String[] VERIFYING = {"Want-Repr-Digest", "sha-256=10"};
    private static final Duration TO_GIVE_UP = Duration.ofSeconds(30);

    private final Deque<Program> programs = new ArrayDeque<>();
    private Path directory;
    private Launcher launcher;
    private HttpClient http;
    private Program broker;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        open();
    }

    /** For a fixture that keeps it for more than one test. */
    public void open() throws IOException {
        directory = Files.createTempDirectory("fingerpost-it");
        launcher = new Launcher(home(), directory.resolve("run"));
        Files.createDirectories(folder());
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).followRedirects(Redirect.NEVER).build();
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        if (context.getExecutionException().isPresent()) {
            showLogs();
        }
        close();
    }

    /** What the programs said on stderr, for whoever looks into a failure. */
    public void showLogs() throws IOException {
        for (Program program : programs) {
            System.err.println(program.logText());
        }
    }

    /** Ends all programs and removes their files. */
    public void close() throws IOException {
        for (Program program : programs) {
            program.close();
        }
        http.shutdownNow();
        try (var all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }

    static Path home() {
        return Path.of(System.getProperty("fingerpost.home", ".."));
    }

    public Launcher launcher() {
        return launcher;
    }

    /** The folder that the origin serves. */
    Path folder() {
        return directory.resolve("files");
    }

    /** A new file at the origin, whose content depends on its name and size alone. */
    byte[] file(String name, int size) throws IOException {
        var content = new byte[size];
        new Random(name.hashCode() + (long) size).nextBytes(content);
        Files.write(folder().resolve(name), content);
        return content;
    }

    /** Stops it when the test ends, if it still runs then. */
    Program started(Program program) {
        programs.push(program);
        return program;
    }

    /** An origin for {@link #folder()}, and a broker in front of it. */
    Program broker(String... options) throws IOException {
        var origin = started(launcher.origin("origin", folder()));
        return brokerFor(origin.ready("origin"), options);
    }

    /** A broker in front of any origin, with leases that are short enough for a test. */
    public Program brokerFor(String origin, String... options) throws IOException {
        var all = new ArrayList<>(List.of("--set", "lease.heartbeat=500ms", "--set", "lease.ttl=3s",
                "--set", "registry.probe-interval=1h", "--super-node-token", "vouched"));
        all.addAll(List.of(options));
        broker = started(launcher.broker("broker", origin, all.toArray(String[]::new)));
        broker.readyLine();
        return broker;
    }

    Program agent(String name, String... options) throws IOException {
        var agent = started(launcher.agent(name, edge(), options));
        agent.readyLine();
        return agent;
    }

    public String edge() throws IOException {
        return broker.ready("edge");
    }

    Metrics metrics() throws IOException {
        return new Metrics(http, broker.ready("admin"));
    }

    /** As a disk may: in the only blob that an agent holds. */
    void flipABit(String agent) throws IOException {
        Path blob;
        try (var files = Files.walk(launcher.path(agent).resolve("store"))) {
            blob = files.filter(file -> file.getFileName().toString().matches("[0-9a-f]{64}")).findFirst()
                    .orElseThrow();
        }
        byte[] content = Files.readAllBytes(blob);
        content[content.length / 2] ^= 1;
        Files.write(blob, content);
    }

    /** Holdings that the broker's registry knows. */
    long holdings() throws IOException, InterruptedException {
        return metrics().sum("fingerpost_registry_holdings", "");
    }

    public HttpClient http() {
        return http;
    }

    /** GET with header fields given as name, value, name, value … */
    public HttpResponse<byte[]> get(String url, String... fields) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(60));
        return http.send((fields.length == 0 ? request : request.headers(fields)).build(), BodyHandlers.ofByteArray());
    }

    /** GET through an agent's gateway. */
    HttpResponse<byte[]> through(Program agent, String path) throws IOException, InterruptedException {
        return get(agent.ready("gateway") + path);
    }

    /** What a command printed, both ways, and how it ended. */
    public record Ran(int exit, String out, String err) {}

    /** Runs a command to its end. */
    public Ran run(String... command) throws IOException, InterruptedException {
        return run(Duration.ofSeconds(120), Map.of(), command);
    }

    /**
     * The same, with what it may take at most.
     *
     * @param environment variables besides those of this process
     */
    Ran run(Duration most, Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(most)) {
            process.destroy(); // so that it can end what it started
            if (!process.waitFor(TO_GIVE_UP)) {
                process.destroyForcibly();
            }
            throw new IOException("does not end: " + String.join(" ", command) + "\n"
                    + Files.readString(out, StandardCharsets.ISO_8859_1));
        }
        return new Ran(process.exitValue(), Files.readString(out, StandardCharsets.ISO_8859_1), Files.readString(err));
    }

    /** Runs curl, silent but for errors. */
    Ran curl(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("curl", "-sS", "--max-time", "60"));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }

    /** Runs one of our programs to its end. */
    Ran program(String name, String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(launcher.script(name).toString()));
        command.addAll(List.of(arguments));
        return run(command.toArray(String[]::new));
    }
}
