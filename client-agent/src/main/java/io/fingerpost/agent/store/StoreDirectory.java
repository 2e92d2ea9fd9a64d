package io.fingerpost.agent.store;

import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Where things lie on disk: a blob in `blobs/ab/abcd…`, an incomplete one in `partial/abcd…`, each beside a file `….json` with
 * its representation; and in `incoming` what has no name yet.
 *
 * <p>The file `layout` has the number of this layout, {@value #LAYOUT}; a store without it is of layout 1 too, from before there was
 * the file. A layout that this version does not know is left as it is.
 *
 * <p>The content comes last and goes first: something exists exactly when its content file does.
 */
record StoreDirectory(Path blobs, Path partials, Path incoming, JsonMapper json) {
    private static final Logger LOG = LoggerFactory.getLogger(StoreDirectory.class);
    private static final String REPRESENTATION = ".json";
    private static final String LAYOUT = "1";

    /**
     * Opens it, and removes what never got a name.
     *
     * @throws IOException if it is of another layout
     */
    static StoreDirectory open(Path directory) throws IOException {
        requireLayout(directory);
        var opened = new StoreDirectory(directory.resolve("blobs"), directory.resolve("partial"),
                directory.resolve("incoming"), WireJson.lenient());
        Files.createDirectories(opened.blobs);
        Files.createDirectories(opened.partials);
        Files.createDirectories(opened.incoming);
        try (var files = Files.list(opened.incoming)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
        return opened;
    }

    private static void requireLayout(Path directory) throws IOException {
        Path file = directory.resolve("layout");
        if (Files.notExists(file)) {
            Path staged = Files.createDirectories(directory).resolve("layout.new");
            Files.writeString(staged, LAYOUT + "\n");
            Files.move(staged, file, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        String layout = Files.readString(file).strip();
        if (!layout.equals(LAYOUT)) {
            throw new IOException(
                    "the store in '" + directory + "' has layout '" + layout + "', and this version knows "
                            + LAYOUT + " only: use the version that made it, or move it away");
        }
    }

    Path blob(Sha256 digest) {
        String hex = digest.hex();
        return blobs.resolve(hex.substring(0, 2)).resolve(hex);
    }

    Path partial(Sha256 digest) {
        return partials.resolve(digest.hex());
    }

    /** A name for a new file that nobody looks for. */
    Path unnamed() {
        return incoming.resolve(UUID.randomUUID().toString());
    }

    /** What the content's name says that it is. */
    static Sha256 digest(Path content) {
        return Sha256.of(HexFormat.of().parseHex(content.getFileName().toString()));
    }

    /** Writes a description that {@link #describe} then moves where it belongs. */
    void stage(Representation representation, Path staged) throws IOException {
        Files.write(staged, json.writeValueAsBytes(representation));
    }

    /** Puts a description beside the content that is there or is to come. */
    static void describe(Path content, Path staged) throws IOException {
        Files.createDirectories(content.getParent());
        Files.move(staged, description(content), StandardCopyOption.ATOMIC_MOVE);
    }

    /** The description of a content. */
    Representation read(Path content) throws IOException {
        try {
            var read = json.readValue(Files.readAllBytes(description(content)), Representation.class);
            if (!read.digest().equals(digest(content))) {
                throw new IOException("the digest differs");
            }
            return read;
        } catch (JacksonException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /**
     * The contents below a folder, least lately used first, as far as that shows without reading them; the remains of others are
     * removed.
     */
    static List<Path> contents(Path folder) throws IOException {
        var files = ownFiles(folder);
        var found = new ArrayList<Found>();
        for (Path file : files) {
            Path content = file.resolveSibling(file.getFileName().toString().replace(REPRESENTATION, ""));
            boolean whole = files.contains(description(content)) && content.toFile().length() > 0;
            if (!whole) {
                remove(content);
            } else if (file.equals(content)) {
                found.add(new Found(content, content.toFile().lastModified()));
            }
        }
        return found.stream().sorted(Comparator.comparingLong(Found::lastUse)).map(Found::content).toList();
    }

    private record Found(Path content, long lastUse) {}

    private static Set<Path> ownFiles(Path folder) throws IOException {
        try (var files = Files.walk(folder, 2)) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9a-f]{64}(\\.json)?"))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    static void remove(Path content) {
        try {
            Files.deleteIfExists(content);
            Files.deleteIfExists(description(content));
        } catch (IOException e) {
            LOG.atWarn().setCause(e).addKeyValue("file", content).log("cannot remove from the store");
        }
    }

    private static Path description(Path content) {
        return content.resolveSibling(content.getFileName() + REPRESENTATION);
    }
}
