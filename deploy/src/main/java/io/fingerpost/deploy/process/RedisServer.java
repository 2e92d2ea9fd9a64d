package io.fingerpost.deploy.process;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A Redis server on loopback that keeps nothing. */
public record RedisServer(Program program, int port) {
    private static final List<String> NAMES = List.of("redis-server", "valkey-server");
    private static final Duration READY_WITHIN = Duration.ofSeconds(20);
    private static final int TO_ANSWER_MILLIS = 1_000;

    /**
     * The program of a Redis server.
     *
     * @param named the one to take; if empty, one in {@code path} is looked for
     * @param path folders, as in the environment
     */
    public static Optional<Path> find(Optional<String> named, String path) {
        Stream<Path> candidates = named.isPresent()
                ? named.stream().map(Path::of)
                : NAMES.stream().flatMap(name -> Stream.of(path.split(File.pathSeparator, -1))
                        .filter(folder -> !folder.isEmpty()).map(folder -> Path.of(folder, name)));
        return candidates.filter(file -> Files.isRegularFile(file) && Files.isExecutable(file)).findFirst()
                .map(Path::toAbsolutePath);
    }

    /** Starts one on a port that is free, for it cannot choose one itself. */
    static RedisServer start(String name, Path program, Path folder, Path log) throws IOException {
        int port = freePort();
        return new RedisServer(Program.start(name, List.of(program.toString(), "--bind", "127.0.0.1", "--port",
                Integer.toString(port), "--dir", folder.toString(), "--logfile", log.toString(), "--save", "",
                "--appendonly", "no", "--daemonize", "no"), Map.of(), log), port);
    }

    /** Below those that Linux gives to outgoing connections. */
    private static int freePort() {
        return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(10_000, 32_000))
                .filter(RedisServer::isFree).findFirst().orElseThrow();
    }

    private static boolean isFree(int port) {
        try (var listener = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return listener.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Where its clients find it; waits until it answers. */
    public String url() throws IOException {
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (!answers()) {
            if (!program.isAlive() || System.nanoTime() > deadline) {
                throw new IOException("the Redis server does not answer: " + program.logText().strip());
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        return "redis://127.0.0.1:" + port;
    }

    /** It is this process that answers: another might have taken the port. */
    private boolean answers() {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TO_ANSWER_MILLIS);
            socket.setSoTimeout(TO_ANSWER_MILLIS);
            socket.getOutputStream().write("INFO server\r\n".getBytes(StandardCharsets.US_ASCII));
            var answer = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            return answer.lines().anyMatch(line -> line.equals("process_id:" + program.pid()));
        } catch (IOException | UncheckedIOException e) {
            return false;
        }
    }
}
