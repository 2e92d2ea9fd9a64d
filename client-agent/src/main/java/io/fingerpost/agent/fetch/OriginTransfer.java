package io.fingerpost.agent.fetch;

import io.fingerpost.agent.store.Blob;
import io.fingerpost.agent.store.Incoming;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.RepresentationHasher;
import io.fingerpost.contract.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Fills a transfer with what the broker passes on from the origin, which is trusted as it comes, and hashes it. */
final class OriginTransfer {
    private static final int BUFFER = 64 * 1024;

    private final Transfer transfer;
    private final Source source;
    private final Incoming incoming;
    private final InputStream body;
    private final ReplayedHeaders headers;
    private final Optional<Sha256> promised;

    /** @param promised the digest that the broker announced, if it knew it already */
    OriginTransfer(Transfer transfer, Source source, Incoming incoming, InputStream body, ReplayedHeaders headers,
            Optional<Sha256> promised) {
        this.transfer = transfer;
        this.source = source;
        this.incoming = incoming;
        this.body = body;
        this.headers = headers;
        this.promised = promised;
    }

    /** Runs to the end of the body. */
    Blob run() throws IOException {
        var hasher = new RepresentationHasher(new PieceLayout(transfer.size()));
        var buffer = new byte[BUFFER];
        try (body) {
            while (!hasher.isComplete()) {
                int count = body.read(buffer);
                if (count < 0) {
                    throw new SourceFailed("the body ended early");
                }
                store(ByteBuffer.wrap(buffer, 0, count), hasher.position());
                hasher.update(ByteBuffer.wrap(buffer, 0, count));
                transfer.supply().from(source, count);
                if (!hasher.isComplete()) {
                    transfer.advance(hasher.position());
                }
            }
        }
        var representation = hasher.finish(headers);
        if (promised.isPresent() && !promised.get().equals(representation.digest())) {
            throw new SourceFailed("the bytes do not have the digest that was announced with them");
        }
        return commit(representation);
    }

    private void store(ByteBuffer bytes, long position) throws StoreFailed {
        try {
            incoming.write(bytes, position);
        } catch (IOException e) {
            throw new StoreFailed(e);
        }
    }

    private Blob commit(Representation representation) throws StoreFailed {
        try {
            return incoming.commit(representation);
        } catch (IOException e) {
            throw new StoreFailed(e);
        }
    }
}
