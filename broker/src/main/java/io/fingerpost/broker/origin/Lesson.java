package io.fingerpost.broker.origin;

import io.fingerpost.broker.label.Label.Shareable;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.RepresentationHasher;
import io.fingerpost.contract.Sha256;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A shareable body that is on its way, and what is to be learned from it. */
public final class Lesson {
    private final Shareable shareable;
    private final Instant freshUntil;
    private final @Nullable RepresentationHasher hasher;
    private final Consumer<Representation> whenLearned;
    private volatile @Nullable Sha256 learned;

    private Lesson(Shareable shareable, Instant freshUntil, @Nullable RepresentationHasher hasher,
            Consumer<Representation> whenLearned) {
        this.shareable = shareable;
        this.freshUntil = freshUntil;
        this.hasher = hasher;
        this.whenLearned = whenLearned;
    }

    /** A body that has nothing new. */
    static Lesson known(Shareable shareable, Instant freshUntil) {
        return new Lesson(shareable, freshUntil, null, _ -> {});
    }

    /** @param digest what the origin says that it is, if it does: then only the pieces are hashed */
    static Lesson hashing(Shareable shareable, Instant freshUntil, Optional<Sha256> digest,
            Consumer<Representation> whenLearned) {
        return new Lesson(shareable, freshUntil, new RepresentationHasher(new PieceLayout(shareable.size()), digest),
                whenLearned);
    }

    public long size() {
        return shareable.size();
    }

    public String etag() {
        return shareable.etag();
    }

    public Instant freshUntil() {
        return freshUntil;
    }

    /** What the body is, if it was learned by now. */
    public Optional<Sha256> learned() {
        return Optional.ofNullable(learned);
    }

    /** Takes the next bytes; with the last ones the representation is learned. */
    public void take(ByteBuffer bytes) {
        if (hasher != null) {
            hasher.update(bytes);
            if (hasher.isComplete()) {
                var representation = hasher.finish(shareable.headers());
                learned = representation.digest();
                whenLearned.accept(representation);
            }
        }
    }
}
