package io.fingerpost.registry.representation;

import io.fingerpost.contract.Representation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Resources with the same bytes: their latest representation, and whether they have had different header fields. */
public final class Namesakes {
    private volatile @Nullable Representation latest;
    private volatile boolean ambiguous;

    /** Takes over the representation, with its pieces if they are known from anywhere. */
    synchronized Representation become(Representation representation) {
        Representation before = latest;
        Representation now = representation;
        if (before != null) {
            ambiguous |= !before.headers().equals(representation.headers());
            now = representation.hasPieces() || before.size() != representation.size()
                    ? representation
                    : new Representation(representation.digest(), representation.size(), representation.headers(),
                            before.pieces());
        }
        latest = now;
        return now;
    }

    /** They have had, before a restart. */
    synchronized void markAmbiguous() {
        ambiguous = true;
    }

    Optional<Representation> latest() {
        return Optional.ofNullable(latest);
    }

    /**
     * Whether the resources have had different header fields. What a holder replays may then be those of another resource.
     */
    public boolean isAmbiguous() {
        return ambiguous;
    }
}
