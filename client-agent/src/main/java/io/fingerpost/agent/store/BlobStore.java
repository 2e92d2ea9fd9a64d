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
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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

    private final StoreDirectory directory;
    private final long maxBytes;
    private final InstantSource clock;
    private final Rarity rarity;
    private final List<StoreListener> listeners = new CopyOnWriteArrayList<>();
    private final Thread check;
    /** Guarded by this, as are the moments in which files get or lose their names. */
    private final Inventory inventory;

    private BlobStore(StoreDirectory directory, long maxBytes, InstantSource clock, Rarity rarity) throws IOException {
        this.directory = directory;
        this.maxBytes = maxBytes;
        this.clock = clock;
        this.rarity = rarity;
        this.inventory = new Inventory(maxBytes);
        for (Path content : StoreDirectory.contents(directory.blobs())) {
            inventory.addBlob(StoreDirectory.digest(content), Files.size(content));
        }
        var incomplete = StoreDirectory.contents(directory.partials());
        this.check = Thread.ofPlatform().daemon().name("store-check")
                .unstarted(new Leftovers(this, directory, incomplete));
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

    /**
     * Takes up an incomplete blob that is left from before.
     *
     * @param found what is there of it, checked
     * @return false if a transfer was faster
     */
    boolean takeUp(Partial found, Path content) {
        Sha256 digest = found.representation().digest();
        synchronized (this) {
            if (inventory.hasIncomplete(digest) || Files.notExists(content)) {
                return false;
            }
            pause(found);
        }
        tell(digest);
        evictBeyond(maxBytes);
        return true;
    }

    /** Whether nobody has it open, and it lacks nothing but its name. */
    synchronized boolean isUnnamed(Sha256 digest) {
        return inventory.paused(digest).filter(left -> left.verified().isComplete()).isPresent();
    }

    /** Removes what is left of one that cannot be taken up, unless a transfer has it by now. */
    synchronized void removeLeftover(Path content) {
        if (!inventory.hasIncomplete(StoreDirectory.digest(content))) {
            StoreDirectory.remove(content);
        }
    }

    /** From now on {@code listener} is told of every change. */
    public void listen(StoreListener listener) {
        listeners.add(listener);
    }

    /** The complete blob, which now counts as just used. */
    public Optional<Blob> find(Sha256 digest) {
        Optional<Representation> known;
        synchronized (this) {
            if (!inventory.useBlob(digest)) {
                return Optional.empty();
            }
            known = inventory.remembered(digest);
        }
        return read(digest, known);
    }

    private Optional<Blob> read(Sha256 digest, Optional<Representation> known) {
        Path file = directory.blob(digest);
        try {
            var representation = known.isPresent() ? known.get() : directory.read(file);
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
        inventory.remember(representation);
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
        var incomplete = inventory.incomplete(digest);
        if (incomplete.isEmpty() || inventory.hasBlob(digest)) {
            return Optional.empty();
        }
        Path file = directory.partial(digest);
        if (inventory.usePaused(digest)) {
            touch(file);
        }
        return Optional.of(Portion.open(incomplete.get().representation(), incomplete.get().verified(), file));
    }

    /**
     * What is being fetched, to be looked at and not to be closed; empty if it is not, nor begins within the time.
     */
    public synchronized Optional<Partial> awaitFetched(Sha256 digest, Duration atMost) throws InterruptedException {
        long end = System.nanoTime() + atMost.toNanos();
        for (long left = end - System.nanoTime(); left > 0 && !isKnown(digest); left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return inventory.opened(digest);
    }

    private synchronized boolean isKnown(Sha256 digest) {
        return inventory.hasBlob(digest) || inventory.hasIncomplete(digest);
    }

    /** Whether the complete blob is there; does not count as use. */
    public synchronized boolean contains(Sha256 digest) {
        return inventory.hasBlob(digest);
    }

    /** How a digest is held now, completely or in pieces; empty if it is not. Does not count as use. */
    public synchronized Optional<Held> held(Sha256 digest) {
        return inventory.held(digest);
    }

    /** The complete blobs, least lately used first. */
    synchronized List<Sha256> complete() {
        return inventory.blobs();
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
        incomplete().forEach(this::evict);
        evictBeyond(target);
        return before - usedBytes();
    }

    /** Those that nobody has open, least lately used first. */
    private synchronized List<Sha256> incomplete() {
        return inventory.paused();
    }

    /** The number of complete blobs. */
    public synchronized int count() {
        return inventory.blobCount();
    }

    /** Everything that is held, completely or in pieces. */
    public synchronized List<Held> holdings() {
        return inventory.holdings();
    }

    /** What blobs, and incomplete ones that nobody has open, take. */
    public synchronized long usedBytes() {
        return inventory.used();
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
        inventory.reserve(size);
    }

    private synchronized void unreserve(long size) {
        inventory.unreserve(size);
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
        var known = inventory.paused(wanted.digest());
        if (known.isPresent()) {
            requireSamePieces(known.get().representation(), wanted);
            return resume(known.get());
        }
        var partial = inventory.opened(wanted.digest());
        if (partial.isEmpty()) {
            return null;
        }
        requireSamePieces(partial.get().representation(), wanted);
        partial.get().enter();
        return partial.get();
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
            inventory.removePaused(digest);
            return partial;
        } catch (NoSuchFileException e) {
            removePaused(digest); // behind our back
            return null;
        }
    }

    private synchronized Partial opened(Partial partial, SharedFile file) throws IOException {
        try {
            inventory.open(partial);
            notifyAll();
        } catch (StoreFullException e) {
            file.close();
            throw e;
        }
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
        if (last && inventory.close(partial)) {
            pause(partial);
        }
        return last;
    }

    /** Keeps what nobody has open any more, if that is of any worth. */
    private void pause(Partial partial) {
        Paused left = partial.paused();
        Sha256 digest = left.representation().digest();
        if (left.verified().isEmpty() || inventory.hasBlob(digest)) {
            StoreDirectory.remove(directory.partial(digest));
        } else {
            inventory.pause(left);
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
            inventory.close(partial);
            partial.movedTo(blob);
            StoreDirectory.remove(content); // only its description is left
        });
    }

    Blob commit(Path content, Representation representation) throws IOException {
        return commit(representation, content, _ -> {
            inventory.unreserve(representation.size());
            removePaused(representation.digest());
        });
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
                inventory.addBlob(digest, representation.size());
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
            if (inventory.used() == 0) {
                return false;
            }
            target = Math.max(0, inventory.used() - bytes) + inventory.reserved();
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
        return inventory.isBeyond(limit);
    }

    /** A blob that may be evicted, and how many others hold it. */
    private record Candidate(Sha256 digest, int holders) {}

    private List<Sha256> nextToGo() {
        List<Sha256> incomplete;
        List<Sha256> oldest;
        synchronized (this) {
            incomplete = inventory.paused();
            oldest = inventory.oldestBlobs(Math.max(1, inventory.blobCount() / CHOICE));
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
        boolean wasThere = inventory.removePaused(digest);
        if (wasThere) {
            StoreDirectory.remove(directory.partial(digest));
        }
        return wasThere;
    }

    private boolean removeBlob(Sha256 digest) {
        boolean wasThere = inventory.removeBlob(digest);
        if (wasThere) {
            StoreDirectory.remove(directory.blob(digest));
        }
        return wasThere;
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
