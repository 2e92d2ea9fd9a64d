package io.fingerpost.testing.redis;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Ends a process and deletes its directory when this JVM ends, in whatever way: even one that is killed lets go of the pipe,
 * at whose other end a shell waits.
 */
final class Tether implements AutoCloseable {
    private static final String WATCH = """
            trap '' INT TERM HUP
            while read -r line; do pid=$line; done
            [ -z "$pid" ] || kill -KILL "$pid"
            rm -rf "$0"
            """;

    private final Process shell;

    /** @param directory deleted at the end */
    Tether(Path directory) {
        try {
            shell = new ProcessBuilder("sh", "-c", WATCH, directory.toString()).redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From now on it is this process that ends with the JVM, and none before it. */
    void hold(Process process) {
        say(Long.toString(process.pid()));
    }

    /** From now on no process ends with the JVM: another one may have the number of the last. */
    void letGo() {
        say("");
    }

    private void say(String line) {
        try {
            OutputStream out = shell.getOutputStream();
            out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the process, if one is held, and waits until the directory is deleted. */
    @Override
    public void close() {
        try {
            shell.getOutputStream().close();
            shell.onExit().join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
