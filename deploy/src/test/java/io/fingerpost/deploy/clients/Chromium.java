package io.fingerpost.deploy.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A headless Chromium with a fresh profile that opens one page and is told nothing more. */
final class Chromium implements AutoCloseable {
    private static final List<String> ALONE = List.of("--headless=new", "--no-sandbox", "--disable-gpu",
            "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking",
            "--disable-component-update", "--disable-sync", "--no-proxy-server",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.*");

    private final Process process;
    private final Path log;

    /**
     * Starts it.
     *
     * @param profile a folder that is not there yet
     */
    Chromium(Path profile, String url) throws IOException {
        log = Files.createDirectories(profile).resolve("stderr.log");
        process = new ProcessBuilder().redirectErrorStream(true).redirectOutput(log.toFile())
                .command(command(profile, url))
                .start();
    }

    private static List<String> command(Path profile, String url) {
        var command = new ArrayList<>(List.of("chromium", "--user-data-dir=" + profile));
        command.addAll(ALONE);
        command.add(url);
        return command;
    }

    /** What it said. */
    String log() throws IOException {
        return Files.readString(log);
    }

    /** Ends it and all that it started, so that nobody writes into the profile any more. */
    @Override
    public void close() throws IOException {
        var all = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            throw new IOException(e);
        }
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(started -> started.onExit().orTimeout(10, TimeUnit.SECONDS).join());
    }
}
