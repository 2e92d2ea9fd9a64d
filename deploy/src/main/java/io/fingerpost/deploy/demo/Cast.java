package io.fingerpost.deploy.demo;

import io.fingerpost.deploy.process.Launcher;
import io.fingerpost.deploy.process.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Stream;

/** The processes of a demo and the folder where they keep things; however the demo ends, nothing of them stays behind. */
final class Cast implements AutoCloseable {
    private final Path work;
    private final Launcher launcher;
    private final Deque<Program> programs = new ConcurrentLinkedDeque<>();
    private volatile boolean isClosed;

    private Cast(Path work) throws IOException {
        this.work = work;
        this.launcher = new Launcher(Path.of(System.getProperty("fingerpost.home", ".")), work);
    }

    /** An empty one, which is closed when this JVM ends. */
    static Cast gather() throws IOException {
        var cast = new Cast(Files.createTempDirectory("fingerpost-demo"));
        Runtime.getRuntime().addShutdownHook(new Thread(cast::end, "end of demo"));
        return cast;
    }

    private void end() {
        try {
            close();
        } catch (IOException e) {
            System.err.println("fingerpost: " + e.getMessage());
        }
    }

    Launcher launcher() {
        return launcher;
    }

    /** Takes in a program; if all is over, it ends at once. */
    Program started(Program program) throws IOException {
        programs.push(program);
        if (isClosed) {
            program.close();
        }
        return program;
    }

    /** Pulls the plug of one that is not to be seen again. */
    void kill(Program program) throws InterruptedException {
        program.kill();
        programs.remove(program);
    }

    /** Stops what still runs, the last first. */
    @Override
    public void close() throws IOException {
        isClosed = true;
        for (Program program : programs) {
            program.close();
        }
        try (Stream<Path> all = Files.walk(work)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
