package io.fingerpost.agent.store;

import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verified files and pieces by digest, within a size limit. Incomplete blobs count with their whole size while somebody has them
 * open, and later with what they take.
 *
 * <p>When something has to go, that is first what nobody completes, then of the quarter of blobs that was used least lately what
 * most others hold. No other process may use the directory. Safe for use by many threads.
 */
public final class BlobStore implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BlobStore.class);
    /** One in so many blobs may be evicted for being frequent elsewhere before others that were used less lately. */
    private static final int CHOICE = 4;
    /** Representations of blobs that are kept in memory: who fetches piece by piece comes again at once. */
    private static final int REMEMBERED = 32;

    private final StoreDirectory directory;
    private final long maxBytes;
    private final InstantSource clock;
    private final Rarity rarity;
    private final List<StoreListener> listeners = new CopyOnWriteArrayList<>();
    private final Thread check;
    /** All below guarded by this. Sizes of blobs, least lately used first. */
    private final LinkedHashMap<Sha256, Long> sizes = new LinkedHashMap<>();
    /** Of blobs that were used lately, the one used least lately first. */
    private final LinkedHashMap<Sha256, Representation> remembered = new LinkedHashMap<>();
    /** The incomplete ones that somebody has open; never evicted. */
    private final Map<Sha256, Partial> open = new HashMap<>();
    /** The incomplete ones that nobody has open, least lately used first. */
    private final LinkedHashMap<Sha256, Paused> paused = new LinkedHashMap<>();
    /** What blobs and paused ones take. */
    private long used;
    private long reserved;

    private BlobStore(StoreDirectory directory, long maxBytes, InstantSource clock, Rarity rarity) throws IOException {
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.clock = clock;
        this.rarity = rarity;
        for (Path content : StoreDirectory.contents(directory.blobs())) {
            add(StoreDirectory.digest(content), Files.size(content));
        }
        var incomplete = StoreDirectory.contents(directory.partials());
        this.check = Thread.ofPlatform().daemon().name("store-check").unstarted(() -> takeUp(incomplete));
    }

    /** A store that knows nothing of what others hold. */
    public static BlobStore open(Path directory, long maxBytes, InstantSource clock) throws IOException {
        return open(directory, maxBytes, clock, Rarity.UNKNOWN);
    }

    /**
     * Opens the store in a directory that no other process uses, and removes what no blob came of. What is there of incomplete
     * ones is found out later, in the background, by reading it.
     *
     * @param maxBytes of content; more than that is evicted at once
     */
    public static BlobStore open(Path directory, long maxBytes, InstantSource clock, Rarity rarity) throws IOException {
        var store = new BlobStore(StoreDirectory.open(directory), maxBytes, clock, rarity);
        store.evictBeyond(maxBytes);
        store.check.start();
        return store;
    }

    private void takeUp(List<Path> incomplete) {
        for (Path content : incomplete) {
            try {
                takeUp(content);
            } catch (NoSuchFileException e) {
                LOG.debug("an incomplete blob was completed before it was looked at", e);
            } catch (IOException e) {
                if (Thread.currentThread().isInterrupted()) {
                    return; // closed
                }
                LOG.atWarn().addKeyValue("file", content).addKeyValue("why", e.getMessage())
                        .log("damaged incomplete blob removed");
                removeUnlessKnown(content);
            }
        }
    }

    private void takeUp(Path content) throws IOException {
        Sha256 digest = StoreDirectory.digest(content);
        var representation = directory.read(content);
        try (var file = SharedFile.open(content)) {
            var found = new Partial(this, representation, file);
            found.check();
            synchronized (this) {
                if (isKnown(digest) || Files.notExists(content)) {
                    return; // a transfer was faster
                }
                pause(found);
            }
        }
        tell(digest);
        evictBeyond(maxBytes);
        commitIfComplete(digest);
    }

    /** What was killed between its last piece and its commit. */
    private void commitIfComplete(Sha256 digest) throws IOException {
        Paused found;
        synchronized (this) {
            found = paused.get(digest);
        }
        if (found != null && found.verified().isComplete()) {
            try (var partial = partial(found.representation())) {
                partial.commit();
            } catch (StoreFullException e) {
                LOG.debug("completed by the next transfer, when there is room", e);
            }
        }
    }

    private boolean isKnown(Sha256 digest) {
        return open.containsKey(digest) || paused.containsKey(digest);
    }

    private synchronized void removeUnlessKnown(Path content) {
        if (!isKnown(StoreDirectory.digest(content))) {
            StoreDirectory.remove(content);
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

    /** The complete blob, which now counts as just used. */
    public Optional<Blob> find(Sha256 digest) {
        Representation known;
        synchronized (this) {
            Long size = sizes.get(digest);
            if (size == null) {
                return Optional.empty();
            }
            sizes.putLast(digest, size);
            known = remembered.get(digest);
        }
        return read(digest, known);
    }

    private Optional<Blob> read(Sha256 digest, @Nullable Representation known) {
        Path file = directory.blob(digest);
        try {
            var representation = known == null ? directory.read(file) : known;
            if (representation.size() != Files.size(file)) {
                throw new IOException("the size differs");
            }
            touch(file);
            remember(representation);
            return Optional.of(new Blob(representation, file));
        } catch (IOException e) {
            LOG.atWarn().addKeyValue("digest", digest).addKeyValue("why", e.getMessage()).log("damaged blob removed");
            evict(digest);
            return Optional.empty();
        }
    }

    private synchronized void remember(Representation representation) {
        if (sizes.containsKey(representation.digest())) {
            remembered.putLast(representation.digest(), representation);
        }
        if (remembered.size() > REMEMBERED) {
            remembered.pollFirstEntry();
        }
    }

    private void touch(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
    }

    /**
     * What can be read of a digest now: a blob, or the verified pieces of an incomplete one; at least one. Counts as use. The
     * caller closes it.
     */
    public Optional<Portion> readable(Sha256 digest) throws IOException {
        try {
            var incomplete = readableIncomplete(digest); // first: it may become a blob in between, but not the other way
            if (incomplete.isPresent()) {
                return incomplete;
            }
            var blob = find(digest);
            return blob.isPresent() ? Optional.of(blob.get().open()) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty(); // evicted in between, or removed behind our back
        }
    }

    /** Opened under the lock, so that it is not renamed or removed in between. */
    private synchronized Optional<Portion> readableIncomplete(Sha256 digest) throws IOException {
        Paused incomplete = incomplete(digest);
        if (incomplete == null || sizes.containsKey(digest)) {
            return Optional.empty();
        }
        Path file = directory.partial(digest);
        if (paused.containsKey(digest)) {
            paused.putLast(digest, incomplete);
            touch(file);
        }
        return Optional.of(Portion.open(incomplete.representation(), incomplete.verified(), file));
    }

    /** An incomplete blob with a piece at least, as it is now. */
    private @Nullable Paused incomplete(Sha256 digest) {
        var partial = open.get(digest);
        Paused incomplete = partial == null ? paused.get(digest) : partial.paused();
        return incomplete == null || incomplete.verified().isEmpty() ? null : incomplete;
    }

    /** Whether the complete blob is there; does not count as use. */
    public synchronized boolean contains(Sha256 digest) {
        return sizes.containsKey(digest);
    }

    /** How a digest is held now, completely or in pieces; empty if it is not. Does not count as use. */
    public synchronized Optional<Held> held(Sha256 digest) {
        Long size = sizes.get(digest);
        return size == null
                ? Optional.ofNullable(incomplete(digest)).map(incomplete -> new Held(digest, incomplete.verified()))
                : Optional.of(Held.complete(digest, size));
    }

    /** The complete blobs, least lately used first. */
    synchronized List<Sha256> complete() {
        return List.copyOf(sizes.keySet());
    }

    /** Removes a blob that is not what it should be. */
    void discard(Sha256 digest) {
        evict(digest);
    }

    /**
     * Removes incomplete blobs that nobody has open, and then what was used least lately until no more than so many bytes are left.
     *
     * @return how many bytes went
     */
    public long collect(long target) {
        awaitCheck();
        long before = usedBytes();
        List<Sha256> incomplete;
        synchronized (this) {
            incomplete = List.copyOf(paused.keySet());
        }
        incomplete.forEach(this::evict);
        evictBeyond(target);
        return before - usedBytes();
    }

    /** The number of complete blobs. */
    public synchronized int count() {
        return sizes.size();
    }

    /** Everything that is held, completely or in pieces. */
    public synchronized List<Held> holdings() {
        return Stream.of(sizes.keySet(), paused.keySet(), open.keySet()).flatMap(digests -> digests.stream()).distinct()
                .flatMap(digest -> held(digest).stream()).toList();
    }

    /** What blobs, and incomplete ones that nobody has open, take. */
    public synchronized long usedBytes() {
        return used;
    }

    /**
     * A place for a file of {@code size} bytes; older blobs make room for it.
     *
     * @throws StoreFullException if it cannot fit
     */
    public Incoming begin(long size) throws IOException {
        reserve(size);
        evictBeyond(maxBytes);
        try {
            return new Incoming(this, directory.unnamed(), size);
        } catch (IOException e) {
            unreserve(size);
            throw e;
        }
    }

    private synchronized void reserve(long size) throws StoreFullException {
        if (size + reserved > maxBytes) {
            throw new StoreFullException(size, maxBytes);
        }
        reserved += size;
    }

    private synchronized void unreserve(long size) {
        reserved -= size;
    }

    /**
     * The incomplete blob of a representation that is not there completely: the one that others have open, or what an earlier
     * transfer left, or a new one. Older blobs make room for it. May wait until what is there was checked.
     *
     * @param representation with piece hashes
     * @throws StoreFullException if it cannot fit
     */
    public Partial partial(Representation representation) throws IOException {
        if (!representation.hasPieces()) {
            throw new IllegalArgumentException("without piece hashes no piece can be verified");
        }
        Partial joined = join(representation);
        Partial partial = joined == null ? begin(representation) : joined;
        evictBeyond(maxBytes);
        try {
            if (partial.check()) {
                tell(representation.digest());
            }
            return partial;
        } catch (IOException e) {
            partial.close();
            throw e;
        }
    }

    /** The one that is known, with one user more. */
    private synchronized @Nullable Partial join(Representation wanted) throws IOException {
        Sha256 digest = wanted.digest();
        Paused known = paused.get(digest);
        if (known != null) {
            requireSamePieces(known.representation(), wanted);
            return resume(known);
        }
        Partial partial = open.get(digest);
        if (partial != null) {
            requireSamePieces(partial.representation(), wanted);
            partial.enter();
        }
        return partial;
    }

    private static void requireSamePieces(Representation known, Representation wanted) throws IOException {
        if (!known.pieces().equals(wanted.pieces())) {
            throw new IOException("other piece hashes than those of the incomplete blob that is there");
        }
    }

    private @Nullable Partial resume(Paused known) throws IOException {
        Sha256 digest = known.representation().digest();
        try {
            var file = SharedFile.open(directory.partial(digest));
            var partial = opened(new Partial(this, known, file), file);
            paused.remove(digest);
            used -= known.bytes();
            return partial;
        } catch (NoSuchFileException e) {
            removePaused(digest); // behind our back
            return null;
        }
    }

    private Partial opened(Partial partial, SharedFile file) throws IOException {
        try {
            reserve(partial.representation().size());
        } catch (StoreFullException e) {
            file.close();
            throw e;
        }
        open.put(partial.representation().digest(), partial);
        return partial;
    }

    private Partial begin(Representation representation) throws IOException {
        Path description = directory.unnamed();
        try {
            withRoom(representation.size(), () -> directory.stage(representation, description));
            synchronized (this) {
                Partial joined = join(representation);
                if (joined != null) {
                    return joined; // somebody else began at the same moment
                }
                Path content = directory.partial(representation.digest());
                StoreDirectory.describe(content, description);
                var file = SharedFile.create(content);
                return opened(new Partial(this, representation, file), file);
            }
        } finally {
            Files.deleteIfExists(description);
        }
    }

    /** Whether that was the last user. */
    synchronized boolean leave(Partial partial) {
        boolean last = partial.exit();
        if (last && open.remove(partial.representation().digest(), partial)) { // else it became a blob
            reserved -= partial.representation().size();
            pause(partial);
        }
        return last;
    }

    /** Keeps what nobody has open any more, if that is of any worth. */
    private void pause(Partial partial) {
        Paused left = partial.paused();
        Sha256 digest = left.representation().digest();
        if (left.verified().isEmpty() || sizes.containsKey(digest)) {
            StoreDirectory.remove(directory.partial(digest));
        } else {
            paused.put(digest, left);
            used += left.bytes();
        }
    }

    /** What is done on a disk that may be full; done again if it fails. */
    interface Attempt {
        void run() throws IOException;
    }

    /** When the disk is full, evicts about {@code size} bytes and tries once more. */
    void withRoom(long size, Attempt attempt) throws IOException {
        try {
            attempt.run();
        } catch (ClosedChannelException e) {
            throw e; // this transfer was stopped, the disk is not full
        } catch (IOException e) {
            if (!makeRoom(size)) {
                throw e;
            }
            attempt.run();
        }
    }

    Blob commit(Partial partial) throws IOException {
        Path content = directory.partial(partial.representation().digest());
        return commit(partial.representation(), content, blob -> {
            open.remove(partial.representation().digest());
            partial.movedTo(blob);
            StoreDirectory.remove(content); // only its description is left
        });
    }

    Blob commit(Path content, Representation representation) throws IOException {
        return commit(representation, content, _ -> removePaused(representation.digest()));
    }

    /** @param then what else happens in the moment in which the blob appears */
    private Blob commit(Representation representation, Path content, Consumer<Blob> then) throws IOException {
        Sha256 digest = representation.digest();
        Path target = directory.blob(digest);
        var blob = new Blob(representation, target);
        Path description = directory.unnamed();
        try {
            withRoom(representation.size(), () -> directory.stage(representation, description));
            synchronized (this) { // files and table change together, or an eviction between them would tear them apart
                StoreDirectory.describe(target, description);
                Files.move(content, target, StandardCopyOption.ATOMIC_MOVE);
                unreserve(representation.size());
                remembered.remove(digest); // it may have other header fields now
                if (!sizes.containsKey(digest)) {
                    add(digest, representation.size());
                }
                then.accept(blob);
            }
        } finally {
            Files.deleteIfExists(description);
        }
        tell(digest);
        return blob;
    }

    void release(Incoming file) {
        unreserve(file.size());
    }

    /** Evicts about {@code bytes} because the disk is full; false if there was nothing to evict. */
    boolean makeRoom(long bytes) {
        long target;
        synchronized (this) {
            if (used == 0) {
                return false;
            }
            target = Math.max(0, used - bytes) + reserved;
        }
        evictBeyond(target);
        return true;
    }

    private void evictBeyond(long limit) {
        while (isBeyond(limit)) {
            var next = nextToGo();
            if (next.isEmpty()) {
                return;
            }
            next.stream().takeWhile(_ -> isBeyond(limit)).forEach(this::evict);
        }
    }

    private synchronized boolean isBeyond(long limit) {
        return used + reserved > limit;
    }

    /** A blob that may be evicted, and how many others hold it. */
    private record Candidate(Sha256 digest, int holders) {}

    private List<Sha256> nextToGo() {
        List<Sha256> incomplete;
        List<Sha256> oldest;
        synchronized (this) {
            incomplete = List.copyOf(paused.keySet());
            oldest = sizes.keySet().stream().limit(Math.max(1, sizes.size() / CHOICE)).toList();
        }
        if (!incomplete.isEmpty()) {
            return incomplete;
        }
        return oldest.stream().map(digest -> new Candidate(digest, rarity.holders(digest).orElse(0)))
                .sorted(Comparator.comparingInt(Candidate::holders).reversed()).map(Candidate::digest).toList();
    }

    private void evict(Sha256 digest) {
        synchronized (this) {
            if (!removePaused(digest) && !removeBlob(digest)) {
                return;
            }
        }
        tell(digest);
    }

    private boolean removePaused(Sha256 digest) {
        Paused left = paused.remove(digest);
        if (left == null) {
            return false;
        }
        used -= left.bytes();
        StoreDirectory.remove(directory.partial(digest));
        return true;
    }

    private boolean removeBlob(Sha256 digest) {
        Long size = sizes.remove(digest);
        if (size == null) {
            return false;
        }
        used -= size;
        remembered.remove(digest);
        StoreDirectory.remove(directory.blob(digest));
        return true;
    }

    void tell(Sha256 digest) {
        listeners.forEach(listener -> listener.changed(digest));
    }

    /** Ends what goes on in the background. What is open stays usable. */
    @Override
    public void close() {
        check.interrupt();
        awaitCheck();
    }

    private void awaitCheck() {
        try {
            check.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
