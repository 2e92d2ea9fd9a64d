package io.fingerpost.agent.store;

import io.fingerpost.agent.store.ResourceIndex.Known;
import io.fingerpost.contract.api.WireJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps what resources were over restarts: a line of JSON for each change, of which the last of a resource counts. It is a memory and
 * no promise: what cannot be read or written is asked for again. For one thread at a time.
 */
final class ResourceLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ResourceLog.class);
    /** Lines that may be out of date before the file is written anew. */
    private static final int SLACK = 1_000;

    private final Path file;
    private final JsonMapper json = WireJson.lenient();
    private @Nullable Writer out;
    private int lines;
    private boolean isTroubled;

    private ResourceLog(Path file) {
        this.file = file;
    }

    /** @param known empty if the resource was forgotten */
    private record Line(String resource, Optional<Known> known) {}

    /**
     * Reads a log, which is begun if it is not there.
     *
     * @param reader gets each change, in their order; null for what was forgotten
     */
    static ResourceLog open(Path file, BiConsumer<String, @Nullable Known> reader) {
        var log = new ResourceLog(file);
        log.read(reader);
        return log;
    }

    private void read(BiConsumer<String, @Nullable Known> reader) {
        if (Files.notExists(file)) {
            return;
        }
        // What is no text is replaced, and makes no sense then.
        try (var in = new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            read(in, reader);
        } catch (IOException e) {
            LOG.warn("'{}' cannot be read; what resources were is asked for again: {}", file, e.toString());
        }
    }

    private void read(BufferedReader in, BiConsumer<String, @Nullable Known> reader) throws IOException {
        String text;
        while ((text = in.readLine()) != null) {
            lines++;
            try {
                var line = WireJson.read(json, text.getBytes(StandardCharsets.UTF_8), Line.class);
                reader.accept(line.resource, line.known.orElse(null));
            } catch (JacksonException e) {
                LOG.debug("line {} of '{}' makes no sense", lines, file); // such as the last of a power cut
            }
        }
    }

    /**
     * Writes a change.
     *
     * @param now null if it is forgotten
     * @param all what is known, with this change: written instead, when there are too many lines
     */
    void append(String resource, @Nullable Known now, Map<String, Known> all) {
        try {
            if (lines > 2 * all.size() + SLACK) {
                rewrite(all);
            } else {
                write(opened(), new Line(resource, Optional.ofNullable(now)));
                opened().flush();
            }
            isTroubled = false;
        } catch (IOException e) {
            close(); // the next begins with a new line
            if (!isTroubled) { // said once, tried again
                LOG.warn("cannot keep what resources are in '{}': {}", file, e.toString());
                isTroubled = true;
            }
        }
    }

    private Writer opened() throws IOException {
        var opened = out;
        if (opened == null) {
            opened = Files.newBufferedWriter(file, StandardCharsets.UTF_8, StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            out = opened;
            opened.write('\n'); // ends what a power cut has left
        }
        return opened;
    }

    private void rewrite(Map<String, Known> all) throws IOException {
        close();
        Path staged = file.resolveSibling(file.getFileName() + ".new");
        lines = 0;
        try (var anew = Files.newBufferedWriter(staged)) {
            for (var entry : all.entrySet()) {
                write(anew, new Line(entry.getKey(), Optional.of(entry.getValue())));
            }
        }
        Files.move(staged, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private void write(Writer to, Line line) throws IOException {
        to.write(json.writeValueAsString(line));
        to.write('\n');
        lines++;
    }

    @Override
    public void close() {
        var opened = out;
        out = null;
        try {
            if (opened != null) {
                opened.close();
            }
        } catch (IOException e) {
            LOG.debug("what was written is there", e);
        }
    }
}
