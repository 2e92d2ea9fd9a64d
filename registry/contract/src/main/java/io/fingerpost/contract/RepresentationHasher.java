package io.fingerpost.contract;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Computes digest and piece hashes while the bytes of a representation stream by. Not thread-safe. */
public final class RepresentationHasher {
    private final PieceLayout layout;
    private final Optional<Sha256> believed;
    private final MessageDigest whole = Sha256.newDigest();
    private final MessageDigest piece = Sha256.newDigest();
    private final List<Sha256> pieces = new ArrayList<>();
    private long position;

    public RepresentationHasher(PieceLayout layout) {
        this(layout, Optional.empty());
    }

    /** @param believed the digest of the whole if it is known already: then only the pieces are hashed */
    public RepresentationHasher(PieceLayout layout, Optional<Sha256> believed) {
        this.layout = layout;
        this.believed = believed;
    }

    /**
     * Takes all remaining bytes of {@code bytes}.
     *
     * @throws IllegalStateException if there are more bytes than the layout's size
     */
    public void update(ByteBuffer bytes) {
        if (position + bytes.remaining() > layout.size()) {
            throw new IllegalStateException("more bytes than the " + layout.size() + " that were announced");
        }
        if (layout.count() > 1) {
            int begin = bytes.position();
            updatePieces(bytes);
            bytes.position(begin);
        }
        position += bytes.remaining();
        if (believed.isEmpty()) {
            whole.update(bytes);
        } else {
            bytes.position(bytes.limit());
        }
    }

    /** Takes all of {@code bytes} without an object for each part: this runs for every block that passes. */
    private void updatePieces(ByteBuffer bytes) {
        int end = bytes.limit();
        long at = position;
        while (bytes.position() < end) {
            int index = layout.pieceAt(at);
            int missing = (int) (layout.offset(index) + layout.length(index) - at);
            int step = Math.min(missing, end - bytes.position());
            bytes.limit(bytes.position() + step);
            piece.update(bytes);
            at += step;
            if (step == missing) {
                pieces.add(Sha256.of(piece.digest()));
            }
        }
        bytes.limit(end);
    }

    /** Bytes taken so far. */
    public long position() {
        return position;
    }

    public boolean isComplete() {
        return position == layout.size();
    }

    /**
     * What the bytes were.
     *
     * @throws IllegalStateException if bytes are missing
     */
    public Representation finish(ReplayedHeaders headers) {
        if (!isComplete()) {
            throw new IllegalStateException("only " + position + " of " + layout.size() + " bytes arrived");
        }
        var digest = believed.orElseGet(() -> Sha256.of(whole.digest()));
        return new Representation(digest, layout.size(), headers,
                PieceHashes.of(layout.count() == 1 ? List.of(digest) : pieces));
    }
}
