package io.fingerpost.registry.store;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.upload.Share;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Keeps peers, their leases and their holdings. Safe for use by many threads.
 *
 * <p>What one method call wrote, every later read sees. Nothing of a peer outlives it.
 */
public interface RegistryStore {
    /** Takes the peer in with no holdings; one with the same id is replaced. */
    void admit(Peer peer);

    /** The peer if it is at hand; does not wait. */
    Optional<Peer> find(PeerId id);

    /** The peer if its lease is known anywhere, and from now on at hand; may wait, so off the I/O threads. */
    default Optional<Peer> fetch(PeerId id) {
        return find(id);
    }

    /** Is told that a peer's state has changed; does not wait. */
    default void turned(Peer peer) {}

    /** How this process shares peers' budgets with others, asked whenever it counts; empty if there never are others. */
    default Optional<Supplier<Share>> share() {
        return Optional.empty();
    }

    /** Is told that a client was sent to a peer; does not wait. */
    default void charged(Peer peer, long bytes) {}

    /** Is told what a peer said of its uploads; does not wait. */
    default void reported(Peer peer, UploadReport report, long now) {}

    /** Extends a lease; false if the peer is not known. */
    boolean renew(PeerId id, Instant until);

    /**
     * Takes in what a peer holds now, and what no longer.
     *
     * @param peer under whose very lease: false if it is not known, or has come anew
     */
    boolean update(Peer peer, HoldingsUpdate update);

    /** The same under whichever lease it has; false if it is not known. */
    default boolean update(PeerId id, HoldingsUpdate update) {
        return fetch(id).filter(peer -> update(peer, update)).isPresent();
    }

    /** Replaces what the peer holds of {@code digest}; an empty set withdraws it. False if the peer is not known. */
    default boolean hold(PeerId id, Sha256 digest, PieceSet pieces) {
        return update(id, pieces.isEmpty()
                ? new HoldingsUpdate(List.of(), List.of(digest))
                : new HoldingsUpdate(List.of(new Held(digest, pieces)), List.of()));
    }

    /** Ends this very lease, and forgets what was announced under it; false if the peer is not known, or has come anew. */
    boolean remove(Peer peer);

    /** The same with whichever lease it has, if it is known. */
    default void remove(PeerId id) {
        fetch(id).ifPresent(this::remove);
    }

    /** Removes every peer whose lease has run out, and returns how many these were. */
    int removeExpired(Instant now);

    /** Takes in anew where each peer is. */
    void relocate(Function<InetAddress, Place> locator);

    /** The peers that hold something of {@code digest}; from memory, without waiting. */
    Holders holders(Sha256 digest);

    /** Is done when the holders that there are of {@code digest} are at hand, or could not be fetched. */
    default CompletionStage<Boolean> bring(Sha256 digest) {
        return CompletableFuture.completedStage(false);
    }

    /** Whether the peer holds something of {@code digest}; false if it is not known. */
    boolean holds(PeerId id, Sha256 digest);

    /** How many holdings the peer has; 0 if it is not known. */
    int holdingsOf(PeerId id);

    /** Bytes that the peer's incomplete sets of pieces take; 0 if it is not known. */
    long partBytesOf(PeerId id);

    /** Bytes that all incomplete sets of pieces take. */
    long partBytes();

    /** Whether the {@link io.fingerpost.contract.HoldingsChecksum} of what the peer holds is {@code said}, for all that is known. */
    boolean isInSync(PeerId id, long said);

    /** Shows every peer that this process tends, each at least once if none comes or goes meanwhile; off the I/O threads. */
    void forEachPeer(Consumer<Peer> consumer);

    /** One of the digests of which the peer holds something, by chance; empty if there is none. */
    Optional<Sha256> drawHolding(PeerId id, RandomGenerator random);

    /** How many this process tends. */
    int peerCount();

    /** How many {@link #bitsPerSecond} are of. */
    default int peersAtHand() {
        return peerCount();
    }

    /** How many peers there are of each account, address and network. */
    Census census();

    /** The uplinks of all peers together. */
    long bitsPerSecond();

    long holdingCount();
}
