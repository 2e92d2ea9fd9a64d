package io.fingerpost.deploy.demo;

import io.fingerpost.contract.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The real files that the demo asks for; which of a folder's files these are depends on the folder alone. */
record FileCollection(Path folder, List<RealFile> files) {
    private static final int MIN_FILES = 200;
    private static final int MAX_FILES = 400;
    private static final long MIN_BYTES = 100_000_000;
    private static final long MIN_SIZE = 4_096;
    private static final long MAX_SIZE = 64L << 20;
    private static final long SEED = 2010;

    /**
     * One file.
     *
     * @param resource its path on the origin
     */
    record RealFile(Path file, String resource, long size, Sha256 digest) {}

    /**
     * Chooses files of a folder.
     *
     * @param suffixes of the files that may be chosen; those with a later one only when the earlier ones do not suffice
     * @throws IOException if there are too few, or too little in them
     */
    static FileCollection of(Path folder, List<String> suffixes) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("no folder '" + folder + "'; name one by --files DIR");
        }
        var chosen = new ArrayList<RealFile>();
        long bytes = 0;
        for (Path file : candidates(folder, suffixes)) {
            if (chosen.size() >= MAX_FILES || chosen.size() >= MIN_FILES && bytes >= MIN_BYTES * 3 / 2) {
                break;
            }
            chosen.add(describe(folder, file));
            bytes += Files.size(file);
        }
        if (chosen.size() < MIN_FILES || bytes < MIN_BYTES) {
            throw new IOException("'" + folder + "' has " + chosen.size() + " usable files with " + bytes / 1_000_000
                    + " MB, but " + MIN_FILES + " files and 100 MB are wanted; name another folder by --files DIR");
        }
        return new FileCollection(folder, chosen);
    }

    private static List<Path> candidates(Path folder, List<String> suffixes) throws IOException {
        var candidates = new ArrayList<Path>();
        for (String suffix : suffixes) {
            candidates.addAll(candidates(folder, suffix));
        }
        return candidates;
    }

    private static List<Path> candidates(Path folder, String suffix) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            var candidates = all.filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(suffix))
                    .filter(file -> file.toString().matches("[A-Za-z0-9/._+-]*"))
                    .filter(file -> isWanted(file))
                    .sorted()
                    .collect(Collectors.toCollection(ArrayList::new));
            Collections.shuffle(candidates, new Random(SEED));
            return candidates;
        }
    }

    private static boolean isWanted(Path file) {
        long size = file.toFile().length();
        return size >= MIN_SIZE && size <= MAX_SIZE;
    }

    private static RealFile describe(Path folder, Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        return new RealFile(file, "/" + folder.relativize(file), content.length, Sha256.digestOf(content));
    }

    long bytes() {
        return files.stream().mapToLong(RealFile::size).sum();
    }

    /** The first file of more than one piece that is not large. */
    RealFile showpiece() {
        return files.stream().filter(file -> file.size > 1 << 20 && file.size < 8 << 20).findFirst()
                .orElse(files.getFirst());
    }

    /** A file of its own for the {@code n}th scene. */
    RealFile other(int n) {
        return files.stream().filter(file -> !file.equals(showpiece()) && file.size > 300_000).skip(n).findFirst()
                .orElse(files.getLast());
    }

    /** All but the showpiece; first those that are neither tiny nor large. */
    List<RealFile> others() {
        return files.stream().filter(file -> !file.equals(showpiece()))
                .sorted(Comparator.comparing(file -> file.size < 1 << 17 || file.size > 1 << 20)).toList();
    }
}
