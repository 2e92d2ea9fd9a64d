package io.fingerpost.testing.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.stream.Stream;

/** The program `redis-server`, which is also the sentinel. */
public record RedisBinary(Path program) {
    private static final String VARIABLE = "REDIS_SERVER";

    /**
     * The one in the Maven artifact `com.github.codemonstur:embedded-redis`: Redis 6.2.11 on amd64, where it needs OpenSSL 3
     * (libssl.so.3), and 6.2.7 on arm64. It is unpacked once and deleted when this JVM ends.
     *
     * @throws IllegalStateException if there is none for this machine, or the artifact is not on the class path
     */
    public static RedisBinary bundled() {
        return Bundled.UNPACKED;
    }

    /** For tests that need no certain one: the one that `REDIS_SERVER` names, so that all can be tried on it, or else the bundled. */
    public static RedisBinary usual() {
        return System.getenv(VARIABLE) == null ? bundled() : installed().orElseThrow();
    }

    /**
     * The one that the environment variable `REDIS_SERVER` names, or else the distribution's Redis or Valkey in `/usr/bin`.
     *
     * @throws IllegalStateException if the variable names something that cannot be run
     */
    public static Optional<RedisBinary> installed() {
        String named = System.getenv(VARIABLE);
        if (named == null) {
            return Stream.of("redis-server", "valkey-server").map(Path.of("/usr/bin")::resolve)
                    .filter(Files::isExecutable).findFirst().map(RedisBinary::new);
        }
        if (!Files.isExecutable(Path.of(named))) {
            throw new IllegalStateException("REDIS_SERVER names no program: " + named);
        }
        return Optional.of(new RedisBinary(Path.of(named)));
    }

    @Override
    public String toString() {
        return program.toString();
    }

    /** Loaded when first asked for. */
    private static final class Bundled {
        static final RedisBinary UNPACKED = new RedisBinary(unpack("/redis-server-" + nameFor(
                System.getProperty("os.name") + " " + System.getProperty("os.arch"))));

        private static String nameFor(String machine) {
            return switch (machine) {
                // Its name says 6.2.6, the program itself 6.2.11.
                case "Linux amd64" -> "6.2.6-v5-linux-amd64";
                case "Linux aarch64" -> "6.2.7-linux-arm64";
                default -> throw new IllegalStateException("no bundled redis-server for " + machine);
            };
        }

        private static Path unpack(String resource) {
            try (InputStream packed = RedisBinary.class.getResourceAsStream(resource)) {
                if (packed == null) {
                    throw new IllegalStateException(
                            resource + " is not on the class path: com.github.codemonstur:embedded-redis brings it");
                }
                Path program = Files.createTempFile("fingerpost-redis-server-", "");
                program.toFile().deleteOnExit();
                Files.copy(packed, program, StandardCopyOption.REPLACE_EXISTING);
                return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
