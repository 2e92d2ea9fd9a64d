package io.fingerpost.deploy.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A running program: its ready line is awaited, its stderr kept in a file, and it is stopped by its own process.
 */
public final class Program implements AutoCloseable {
    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(40);

    private final String name;
    private final Process process;
    private final Path log;
    private final BlockingQueue<String> ready = new ArrayBlockingQueue<>(1);

    private Program(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a command.
     *
     * @param log file that gets what it says on stderr
     */
    public static Program start(String name, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        var program = new Program(name, builder.start(), log);
        Thread.ofVirtual().name(name + "-stdout").start(program::watchOutput);
        return program;
    }

    private void watchOutput() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String line;
            while ((line = out.readLine()) != null) {
                if (line.startsWith("ready ")) {
                    ready.offer(line);
                }
            }
        } catch (IOException e) {
            ready.offer(""); // it has ended
        }
    }

    /** The value of {@code key} in the ready line; waits for it. */
    public String ready(String key) throws IOException {
        Matcher value = Pattern.compile("(?:^| )" + key + "=(\\S+)").matcher(readyLine());
        if (!value.find()) {
            throw new IOException(name + " told no " + key);
        }
        return value.group(1);
    }

    /** The ready line; waits for it. */
    public String readyLine() throws IOException {
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        try {
            while (System.nanoTime() < deadline) {
                String line = ready.poll(50, TimeUnit.MILLISECONDS);
                if (line != null && !line.isEmpty()) {
                    ready.offer(line); // for whoever asks next
                    return line;
                }
                if (!process.isAlive()) {
                    throw new IOException(name + " ended with " + process.exitValue() + ": " + logText().strip());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        throw new IOException(name + " was not ready within " + READY_WITHIN.toSeconds() + " s: " + logText().strip());
    }

    /** What it is called in what is told of it. */
    public String name() {
        return name;
    }

    /** What it said on stderr so far. */
    public String logText() throws IOException {
        return Files.readString(log);
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Pulls the plug, as `kill -9` does. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks it to end, as SIGTERM does; its exit code. */
    public int stop() throws IOException, InterruptedException {
        process.destroy();
        return awaitExit();
    }

    /** Waits for its end; its exit code. */
    public int awaitExit() throws IOException, InterruptedException {
        if (!process.waitFor(STOP_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IOException(name + " did not end within " + STOP_WITHIN.toSeconds() + " s");
        }
        return process.exitValue();
    }

    @Override
    public void close() throws IOException {
        try {
            stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
