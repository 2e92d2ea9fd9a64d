package io.fingerpost.registry.durable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of the store, by generation. A journal has all changes of its generation; a snapshot has what those of all generations
 * before its own come to. So the latest snapshot, and the journals from its generation on, are all that counts.
 */
record StoreFolder(Path path) {
    private static final Pattern NAME = Pattern.compile("(\\d{10})\\.(snapshot|journal|subjects)");
    private static final String UNFINISHED = ".new";
    private static final String DAMAGED = "damaged";

    /** Creates the folder if it is missing, and removes what was not finished. */
    static StoreFolder open(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Files.createDirectory(path,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        try (Stream<Path> files = Files.list(path)) {
            for (Path file : files.filter(each -> each.toString().endsWith(UNFINISHED)).toList()) {
                Files.delete(file);
            }
        }
        return new StoreFolder(path);
    }

    Path snapshot(long generation) {
        return file(generation, "snapshot");
    }

    Path journal(long generation) {
        return file(generation, "journal");
    }

    Path subjects(long generation) {
        return file(generation, "subjects");
    }

    private Path file(long generation, String kind) {
        return path.resolve("%010d.%s".formatted(generation, kind));
    }

    /** Where a snapshot is written before it is one. */
    Path unfinished(Path file) {
        return file.resolveSibling(file.getFileName() + UNFINISHED);
    }

    /** Makes a snapshot count that is finished. */
    void finish(Path file) throws IOException {
        Files.move(unfinished(file), file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The generations that there are files of, in order. */
    TreeSet<Long> generations() throws IOException {
        var generations = new TreeSet<Long>();
        for (Path file : files()) {
            generations.add(generation(file));
        }
        return generations;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(path)) {
            return files.filter(file -> NAME.matcher(file.getFileName().toString()).matches()).toList();
        }
    }

    private static long generation(Path file) {
        return Long.parseLong(file.getFileName().toString().substring(0, 10));
    }

    /** Removes what a snapshot has made superfluous. */
    void removeBefore(long generation) throws IOException {
        for (Path file : files()) {
            if (generation(file) < generation) {
                Files.delete(file);
            }
        }
    }

    /** Keeps damaged files for whoever wants to look into them, in the place of those of the last time. */
    Path setAside(Set<Path> damaged) throws IOException {
        Path aside = path.resolve(DAMAGED);
        if (Files.isDirectory(aside)) {
            try (Stream<Path> before = Files.list(aside)) {
                for (Path file : before.toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(aside,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        for (Path file : damaged) {
            if (Files.exists(file)) {
                Files.move(file, aside.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return aside;
    }
}
