package io.fingerpost.agent.fetch;

import io.fingerpost.agent.fetch.PieceVerifier.Outcome;
import io.fingerpost.agent.store.Blob;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.api.FailureReport.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills a transfer from sources in order: each goes on at the byte where the one before stopped, and a piece that proves
 * wrong is taken anew from the next.
 */
final class PeerTransfer {
    private static final Logger LOG = LoggerFactory.getLogger(PeerTransfer.class);
    private static final int BUFFER = 64 * 1024;

    private final Transfer transfer;
    private final Representation representation;
    private final SourceOpener opener;
    private final Deque<Source> sources;
    private final PeerFailures failures;
    private final PieceVerifier verifier;

    PeerTransfer(Transfer transfer, Representation representation, SourceOpener opener, List<Source> sources,
            PeerFailures failures) {
        this.transfer = transfer;
        this.representation = representation;
        this.opener = opener;
        this.sources = new ArrayDeque<>(sources);
        this.failures = failures;
        this.verifier = new PieceVerifier(representation);
    }

    /** Runs to the end. Throws when the last source failed too, or the store. */
    Blob run() throws IOException {
        while (!verifier.isComplete()) {
            Source source = sources.removeFirst();
            long from = verifier.position();
            try {
                pull(source);
            } catch (SourceFailed e) {
                LOG.atInfo().addKeyValue("source", source).addKeyValue("at", verifier.position())
                        .addKeyValue("why", e.getMessage()).log("source given up");
                if (verifier.position() < from) {
                    sources.addFirst(source); // an earlier source may have spoilt the piece: now this one sends all of it
                } else {
                    tell(source, e);
                }
                if (sources.isEmpty()) {
                    throw e;
                }
            }
        }
        return transfer.commit(representation);
    }

    private void tell(Source source, SourceFailed why) {
        if (source instanceof Source.Peer(var url) && why.phase().isPresent()) {
            int piece = representation.layout().pieceAt(verifier.position());
            failures.failed(url, representation.digest(), why.phase().get(), piece);
        }
    }

    private void pull(Source source) throws SourceFailed, StoreFailed {
        var buffer = new byte[BUFFER];
        try (InputStream body = opener.open(source, representation, verifier.position())) {
            while (!verifier.isComplete()) {
                int count = body.read(buffer);
                if (count < 0) {
                    throw new SourceFailed(Phase.SHORT, "the body ended early");
                }
                take(ByteBuffer.wrap(buffer, 0, count));
            }
        } catch (SourceFailed | StoreFailed e) {
            throw e;
        } catch (IOException e) {
            throw new SourceFailed(Phase.SHORT, String.valueOf(e.getMessage()), e);
        }
    }

    private void take(ByteBuffer bytes) throws SourceFailed, StoreFailed {
        while (bytes.hasRemaining() && !verifier.isComplete()) {
            var part = bytes.slice(bytes.position(), Math.min(bytes.remaining(), verifier.missing()));
            bytes.position(bytes.position() + part.remaining());
            transfer.write(part.duplicate(), verifier.position());
            Outcome outcome = verifier.update(part);
            if (outcome == Outcome.GOOD_PIECE && !verifier.isComplete()) {
                transfer.advance(verifier.position()); // the last piece is for readers only when the blob is in the store
            } else if (outcome == Outcome.BAD_PIECE) {
                throw new SourceFailed(Phase.DIGEST, "corrupt piece");
            }
        }
    }
}
