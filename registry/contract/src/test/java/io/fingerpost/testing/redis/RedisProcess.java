package io.fingerpost.testing.redis;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One Redis server on loopback in a process and a directory of its own, which can be killed, started again and frozen. It does
 * not outlive this JVM. Not for several threads at once.
 */
public final class RedisProcess implements AutoCloseable {
    private static final Duration TO_START = Duration.ofSeconds(10);
    private static final Duration TO_ANSWER = Duration.ofSeconds(2);
    private static final Duration TO_PONG = Duration.ofMillis(500);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final int PORTS_TO_TRY = 20;
    private static final int LOG_LINES_TO_SHOW = 20;

    private final int port;
    private final Path directory;
    private final Tether tether;
    private final List<String> command;
    private @Nullable Process server;

    private RedisProcess(RedisBinary binary, int port, List<String> settings, String... arguments) {
        this.port = port;
        try {
            this.directory = Files.createTempDirectory("fingerpost-redis-");
            Path config = directory.resolve("redis.conf");
            List<String> lines = new ArrayList<>(
                    List.of("bind 127.0.0.1", "port " + port, "dir \"" + directory + "\""));
            lines.addAll(settings);
            Files.write(config, lines);
            this.command = new ArrayList<>(List.of(binary.toString(), config.toString()));
            this.command.addAll(List.of(arguments));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.tether = new Tether(directory);
    }

    /** A server that keeps nothing, of the usual program. */
    public static RedisProcess start() {
        return start(RedisBinary.usual());
    }

    /** A server that keeps nothing: killed and started again, it is empty. */
    public static RedisProcess start(RedisBinary binary) {
        return launch(binary, List.of("save \"\"", "appendonly no"));
    }

    /** A server that keeps its data, of the usual program. */
    public static RedisProcess keeping() {
        return keeping(RedisBinary.usual());
    }

    /** A server that has each write on disk before it answers: killed and started again, it has them all. */
    public static RedisProcess keeping(RedisBinary binary) {
        return launch(binary, List.of("save \"\"", "appendonly yes", "appendfsync always"));
    }

    /**
     * A server that keeps nothing, and that clients reach with TLS on another port as well.
     *
     * @param certificate its own, a PEM file
     * @param key to that, a PEM file
     * @param user who may do all with this password, besides those who give none
     */
    public static RedisProcess withTls(int tlsPort, Path certificate, Path key, String user, String password) {
        return launch(RedisBinary.usual(), List.of("save \"\"", "tls-port " + tlsPort, "tls-cert-file " + certificate,
                "tls-key-file " + key, "tls-auth-clients no", "user " + user + " on >" + password + " ~* &* +@all"));
    }

    /**
     * Starts a server on a free port.
     *
     * @param settings lines of its configuration, besides address and directory
     * @param arguments after the configuration file
     * @throws IllegalStateException if it does not start, with the end of its log
     */
    static RedisProcess launch(RedisBinary binary, List<String> settings, String... arguments) {
        for (int triesLeft = PORTS_TO_TRY - 1;; triesLeft--) {
            var process = new RedisProcess(binary, FreePort.choose(), settings, arguments);
            try {
                process.startAgain();
                return process;
            } catch (IllegalStateException | UncheckedIOException e) {
                boolean taken = process.log().contains("Address already in use");
                process.close();
                if (!taken || triesLeft == 0) {
                    throw e;
                }
            }
        }
    }

    public int port() {
        return port;
    }

    /** For a client of this server alone. */
    public String url() {
        return "redis://" + address();
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    boolean isRunning() {
        return server != null && server.isAlive();
    }

    /** @see Resp#ask */
    String ask(String... words) {
        return Resp.ask(port, TO_ANSWER, words);
    }

    /** Ends the server at once, as a crash would, and returns when it is dead; nothing happens if it is already. */
    public void kill() {
        if (server != null) {
            server.destroyForcibly().onExit().join();
            tether.letGo();
            server = null;
        }
    }

    /**
     * Starts a killed server on the same port and with what its directory holds, and returns when it answers.
     *
     * @throws IllegalStateException if it runs still, or does not answer within 10 s; then with the end of its log
     */
    public void startAgain() {
        if (isRunning()) {
            throw new IllegalStateException(url() + " runs still");
        }
        File log = logFile().toFile();
        try {
            Process started = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log)).start();
            server = started;
            tether.hold(started);
            await().atMost(TO_START).pollDelay(Duration.ZERO).pollInterval(POLL)
                    .until(() -> !started.isAlive() || answers(started));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException(
                    url() + " did not answer within " + TO_START + "; its log ends\n" + log(), e);
        }
        if (!isRunning()) {
            throw new IllegalStateException(url() + " ended at once; its log ends\n" + log());
        }
    }

    /** It is this process that answers: another might have taken the port. */
    private boolean answers(Process started) {
        try {
            return Resp.ask(port, TO_PONG, "PING").equals("PONG")
                    && ask("INFO", "server").contains("\r\nprocess_id:" + started.pid() + "\r\n");
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Stops the server's process: connections to it are accepted by the kernel, and nothing answers. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets a frozen server go on. */
    public void thaw() {
        signal("CONT");
    }

    private void signal(String name) {
        if (server == null || !server.isAlive()) {
            throw new IllegalStateException(url() + " does not run");
        }
        try {
            var kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + server.pid()).start();
            int status = kill.onExit().join().exitValue();
            if (status != 0) {
                throw new IllegalStateException("kill -" + name + " for " + url() + " ended with " + status);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path logFile() {
        return directory.resolve("log");
    }

    private String log() {
        try {
            List<String> lines = Files.readAllLines(logFile());
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_TO_SHOW), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }

    /** Kills the server, frozen or not, and deletes its directory; a second time, nothing happens. */
    @Override
    public void close() {
        kill();
        tether.close();
    }
}
