package io.fingerpost.registry.health;

import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.health.Suspicions.Suspicion;
import io.fingerpost.registry.store.Holder;
import io.fingerpost.registry.store.Peer;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Chooses what to fetch of a peer to see whether it really has what it says. */
final class Pieces {
    /** Larger pieces are fetched only for a reason. */
    static final int LARGEST = 1 << 20;
    private static final int DRAWS = 4;

    private final Registry registry;
    private final RandomGenerator random;

    Pieces(Registry registry, RandomGenerator random) {
        this.registry = registry;
        this.random = random;
    }

    /** A piece of something. */
    record Piece(Representation representation, int index) {
        int length() {
            return representation.layout().length(index);
        }
    }

    /** A piece of what a peer is suspected for: the very one if that is known; null if it holds none that can be checked. */
    @Nullable
    Piece suspected(Peer peer, Suspicion suspicion) {
        return find(peer, suspicion.digest(), suspicion.piece());
    }

    /** A piece by chance; null if none was found that can be checked and is not too large. */
    @Nullable
    Piece any(Peer peer) {
        for (int i = 0; i < DRAWS; i++) {
            Optional<Sha256> digest = registry.drawHolding(peer, random);
            if (digest.isEmpty()) {
                return null;
            }
            Piece piece = find(peer, digest.get(), -1);
            if (piece != null && piece.length() <= LARGEST) {
                return piece;
            }
        }
        return null;
    }

    private @Nullable Piece find(Peer peer, Sha256 digest, int wanted) {
        Holder holder = registry.holders(digest).of(peer);
        var known = registry.representations().find(digest).filter(Representation::hasPieces).orElse(null);
        if (holder == null || known == null) {
            return null;
        }
        int count = known.layout().count();
        if (wanted >= 0 && wanted < count && holder.holds(wanted, wanted)) {
            return new Piece(known, wanted);
        }
        int start = random.nextInt(count);
        for (int i = 0; i < count; i++) {
            int index = (start + i) % count;
            if (holder.holds(index, index)) {
                return new Piece(known, index);
            }
        }
        return null;
    }
}
