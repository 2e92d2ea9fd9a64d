package io.fingerpost.agent.store;

import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Verified files by digest, within a size limit: what was used least lately is evicted first.
 *
 * <p>On disk a blob is two files, `blobs/ab/abcd…` and `blobs/ab/abcd….json` with its representation. The content is renamed
 * into place last, so a blob exists exactly when its content file does. Safe for use by many threads.
 */
public final class BlobStore {
    private static final Logger LOG = LoggerFactory.getLogger(BlobStore.class);
    private static final String REPRESENTATION = ".json";

    private final Path blobs;
    private final Path incoming;
    private final long maxBytes;
    private final InstantSource clock;
    private final JsonMapper json = WireJson.lenient();
    private final List<StoreListener> listeners = new CopyOnWriteArrayList<>();
    /** Sizes, least lately used first; guarded by this. */
    private final LinkedHashMap<Sha256, Long> sizes = new LinkedHashMap<>();
    private long used;
    private long reserved;

    private BlobStore(Path directory, long maxBytes, InstantSource clock) {
        this.blobs = directory.resolve("blobs");
        this.incoming = directory.resolve("incoming");
        this.maxBytes = maxBytes;
        this.clock = clock;
    }

    /**
     * Opens the store in a directory that no other process uses, and removes what was never committed.
     *
     * @param maxBytes of content; more than that is evicted at once
     */
    public static BlobStore open(Path directory, long maxBytes, InstantSource clock) throws IOException {
        var store = new BlobStore(directory, maxBytes, clock);
        Files.createDirectories(store.blobs);
        Files.createDirectories(store.incoming);
        store.removeUncommitted();
        store.index();
        store.evictBeyond(maxBytes);
        return store;
    }

    private void removeUncommitted() throws IOException {
        try (var files = Files.list(incoming)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.delete(file);
            }
        }
    }

    /** Takes up what is whole, as far as that shows without reading it all, and removes the remains of what is not. */
    private void index() throws IOException {
        Set<Path> files = ownFiles();
        var found = new ArrayList<Found>();
        for (Path file : files) {
            Path content = file.resolveSibling(file.getFileName().toString().replace(REPRESENTATION, ""));
            boolean whole = files.contains(described(content)) && content.toFile().length() > 0;
            if (!whole) {
                removeFiles(content);
            } else if (file.equals(content)) {
                found.add(Found.of(content));
            }
        }
        found.stream().sorted(Comparator.comparing(Found::lastUse)).forEach(blob -> add(blob.digest, blob.size));
    }

    private Set<Path> ownFiles() throws IOException {
        try (var files = Files.walk(blobs, 2)) {
            return files.filter(file -> file.getFileName().toString().matches("[0-9a-f]{64}(\\.json)?"))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** A content file met while indexing. */
    private record Found(Sha256 digest, long size, FileTime lastUse) {
        static Found of(Path file) throws IOException {
            byte[] digest = HexFormat.of().parseHex(file.getFileName().toString());
            return new Found(Sha256.of(digest), Files.size(file), Files.getLastModifiedTime(file));
        }
    }

    private synchronized void add(Sha256 digest, long size) {
        sizes.put(digest, size);
        used += size;
    }

    /** From now on {@code listener} is told of every change. */
    public void listen(StoreListener listener) {
        listeners.add(listener);
    }

    /** The blob, which now counts as just used. */
    public Optional<Blob> find(Sha256 digest) {
        synchronized (this) {
            Long size = sizes.get(digest);
            if (size == null) {
                return Optional.empty();
            }
            sizes.putLast(digest, size);
        }
        return read(digest);
    }

    private Optional<Blob> read(Sha256 digest) {
        Path file = file(digest);
        try {
            var representation = json.readValue(Files.readAllBytes(described(file)), Representation.class);
            if (representation.size() != Files.size(file) || !representation.digest().equals(digest)) {
                throw new IOException("size or digest differ");
            }
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
            return Optional.of(new Blob(representation, file));
        } catch (IOException | JacksonException e) {
            LOG.atWarn().addKeyValue("digest", digest).addKeyValue("why", e.getMessage()).log("damaged blob removed");
            evict(digest);
            return Optional.empty();
        }
    }

    /** Whether the blob is there; does not count as use. */
    public synchronized boolean contains(Sha256 digest) {
        return sizes.containsKey(digest);
    }

    /** How a digest is held now; empty if it is not. Does not count as use. */
    public synchronized Optional<Held> held(Sha256 digest) {
        return Optional.ofNullable(sizes.get(digest)).map(size -> Held.complete(digest, size));
    }

    /** The number of blobs. */
    public synchronized int count() {
        return sizes.size();
    }

    /** Everything that is held. */
    public synchronized List<Held> holdings() {
        return sizes.entrySet().stream().map(entry -> Held.complete(entry.getKey(), entry.getValue())).toList();
    }

    public synchronized long usedBytes() {
        return used;
    }

    /**
     * A place for a file of {@code size} bytes; older blobs make room for it.
     *
     * @throws StoreFullException if it cannot fit
     */
    public Incoming begin(long size) throws IOException {
        synchronized (this) {
            if (size + reserved > maxBytes) {
                throw new StoreFullException(size, maxBytes);
            }
            reserved += size;
        }
        evictBeyond(maxBytes);
        try {
            return new Incoming(this, incoming.resolve(UUID.randomUUID().toString()), size);
        } catch (IOException e) {
            unreserve(size);
            throw e;
        }
    }

    Blob commit(Incoming file, Representation representation) throws IOException {
        Sha256 digest = representation.digest();
        Path target = file(digest);
        Path temporary = incoming.resolve(UUID.randomUUID().toString());
        try {
            Files.createDirectories(target.getParent());
            Files.write(temporary, json.writeValueAsBytes(representation));
            synchronized (this) { // files and table change together, or an eviction between them would tear them apart
                Files.move(temporary, described(target), StandardCopyOption.ATOMIC_MOVE);
                Files.move(file.file(), target, StandardCopyOption.ATOMIC_MOVE);
                unreserve(file.size());
                if (!sizes.containsKey(digest)) {
                    add(digest, representation.size());
                }
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
        tell(digest);
        return new Blob(representation, target);
    }

    void release(Incoming file) {
        unreserve(file.size());
    }

    private synchronized void unreserve(long size) {
        reserved -= size;
    }

    /** Evicts about {@code bytes} of blobs because the disk is full; false if there was nothing to evict. */
    boolean makeRoom(long bytes) {
        long target;
        synchronized (this) {
            if (sizes.isEmpty()) {
                return false;
            }
            target = Math.max(0, used - bytes) + reserved;
        }
        evictBeyond(target);
        return true;
    }

    private void evictBeyond(long limit) {
        while (true) {
            Sha256 oldest;
            synchronized (this) {
                if (used + reserved <= limit || sizes.isEmpty()) {
                    return;
                }
                oldest = sizes.keySet().iterator().next();
            }
            evict(oldest);
        }
    }

    private void evict(Sha256 digest) {
        synchronized (this) {
            Long size = sizes.remove(digest);
            if (size == null) {
                return;
            }
            used -= size;
            removeFiles(file(digest));
        }
        tell(digest);
    }

    private static void removeFiles(Path content) {
        try {
            Files.deleteIfExists(content); // first: a blob exists when its content does
            Files.deleteIfExists(described(content));
        } catch (IOException e) {
            LOG.atWarn().setCause(e).addKeyValue("file", content).log("cannot remove a blob");
        }
    }

    private void tell(Sha256 digest) {
        listeners.forEach(listener -> listener.changed(digest));
    }

    private Path file(Sha256 digest) {
        String hex = digest.hex();
        return blobs.resolve(hex.substring(0, 2)).resolve(hex);
    }

    private static Path described(Path content) {
        return content.resolveSibling(content.getFileName() + REPRESENTATION);
    }
}
