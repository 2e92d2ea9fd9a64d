package io.fingerpost.agent.store;

import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * What a store has, and what that takes: complete blobs, and incomplete ones, which count with their whole size while somebody has
 * them open, and with what they take while they are paused. The files are the store's business. For one thread at a time.
 */
final class Inventory {
    /** Representations of blobs that are kept in memory: who fetches piece by piece comes again at once. */
    private static final int REMEMBERED = 32;

    private final long maxBytes;
    /** Sizes of blobs, least lately used first. */
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

    /** @param maxBytes that may be reserved at a time */
    Inventory(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    boolean hasBlob(Sha256 digest) {
        return sizes.containsKey(digest);
    }

    void addBlob(Sha256 digest, long size) {
        remembered.remove(digest); // it may have other header fields now
        if (sizes.putIfAbsent(digest, size) == null) {
            used += size;
        }
    }

    /** Counts as use; false if there is none. */
    boolean useBlob(Sha256 digest) {
        return touch(sizes, digest);
    }

    private static <V> boolean touch(SequencedMap<Sha256, V> byLastUse, Sha256 digest) {
        V value = byLastUse.get(digest);
        if (value != null) {
            byLastUse.putLast(digest, value);
        }
        return value != null;
    }

    boolean removeBlob(Sha256 digest) {
        Long size = sizes.remove(digest);
        if (size == null) {
            return false;
        }
        used -= size;
        remembered.remove(digest);
        return true;
    }

    /** All complete blobs, least lately used first. */
    List<Sha256> blobs() {
        return List.copyOf(sizes.keySet());
    }

    /** So many of those that were used least lately. */
    List<Sha256> oldestBlobs(int most) {
        return sizes.keySet().stream().limit(most).toList();
    }

    int blobCount() {
        return sizes.size();
    }

    Optional<Representation> remembered(Sha256 digest) {
        return Optional.ofNullable(remembered.get(digest));
    }

    /** Keeps what a blob is in memory for a while. */
    void remember(Representation representation) {
        if (hasBlob(representation.digest())) {
            remembered.putLast(representation.digest(), representation);
        }
        if (remembered.size() > REMEMBERED) {
            remembered.pollFirstEntry();
        }
    }

    /** @throws StoreFullException if it cannot fit; nothing is changed then */
    void open(Partial partial) throws StoreFullException {
        reserve(partial.representation().size());
        open.put(partial.representation().digest(), partial);
    }

    /** The incomplete one that somebody has open. */
    Optional<Partial> opened(Sha256 digest) {
        return Optional.ofNullable(open.get(digest));
    }

    /** False if it has become a blob before, whose size is no longer reserved. */
    boolean close(Partial partial) {
        boolean wasOpen = open.remove(partial.representation().digest(), partial);
        if (wasOpen) {
            unreserve(partial.representation().size());
        }
        return wasOpen;
    }

    void pause(Paused left) {
        paused.put(left.representation().digest(), left);
        used += left.bytes();
    }

    /** The incomplete one that nobody has open. */
    Optional<Paused> paused(Sha256 digest) {
        return Optional.ofNullable(paused.get(digest));
    }

    /** Counts as use; false if there is none. */
    boolean usePaused(Sha256 digest) {
        return touch(paused, digest);
    }

    boolean removePaused(Sha256 digest) {
        Paused left = paused.remove(digest);
        if (left != null) {
            used -= left.bytes();
        }
        return left != null;
    }

    /** All that nobody has open, least lately used first. */
    List<Sha256> paused() {
        return List.copyOf(paused.keySet());
    }

    boolean hasIncomplete(Sha256 digest) {
        return open.containsKey(digest) || paused.containsKey(digest);
    }

    /** An incomplete blob with a piece at least, as it is now. */
    Optional<Paused> incomplete(Sha256 digest) {
        var partial = open.get(digest);
        return Optional.ofNullable(partial == null ? paused.get(digest) : partial.paused())
                .filter(its -> !its.verified().isEmpty());
    }

    /** How a digest is held, completely or in pieces; empty if it is not. */
    Optional<Held> held(Sha256 digest) {
        Long size = sizes.get(digest);
        return size == null
                ? incomplete(digest).map(incomplete -> new Held(digest, incomplete.verified()))
                : Optional.of(Held.complete(digest, size));
    }

    List<Held> holdings() {
        return Stream.of(sizes.keySet(), paused.keySet(), open.keySet()).flatMap(digests -> digests.stream()).distinct()
                .flatMap(digest -> held(digest).stream()).toList();
    }

    /** @throws StoreFullException if it cannot fit beside all else that is being written */
    void reserve(long size) throws StoreFullException {
        if (size + reserved > maxBytes) {
            throw new StoreFullException(size, maxBytes);
        }
        reserved += size;
    }

    void unreserve(long size) {
        reserved -= size;
    }

    /** What blobs and paused ones take. */
    long used() {
        return used;
    }

    long reserved() {
        return reserved;
    }

    boolean isBeyond(long limit) {
        return used + reserved > limit;
    }
}
