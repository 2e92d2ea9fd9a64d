package io.fingerpost.agent.fetch;

import io.fingerpost.agent.store.Blob;
import io.fingerpost.agent.store.Partial;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.api.FailureReport.Phase;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills a transfer from sources in order, as a redirect names them: each goes on at the byte where the one before stopped, and a piece that proves
 * wrong is taken anew from the next.
 */
final class PeerTransfer {
    private static final Logger LOG = LoggerFactory.getLogger(PeerTransfer.class);

    private final Transfer transfer;
    private final Partial partial;
    private final Representation representation;
    private final PieceLayout layout;
    private final SourceOpener opener;
    private final Deque<Source> sources;
    private final PeerFailures failures;
    private int piece;
    /** Bytes of it that earlier sources wrote. */
    private int written;
    private boolean isSpoilt;

    PeerTransfer(Transfer transfer, Partial partial, SourceOpener opener, List<Source> sources,
            PeerFailures failures) {
        this.transfer = transfer;
        this.partial = partial;
        this.representation = partial.representation();
        this.layout = representation.layout();
        this.opener = opener;
        this.sources = new ArrayDeque<>(sources);
        this.failures = failures;
    }

    /** Runs to the end. Throws when the last source failed too, or the store. */
    Blob run() throws IOException {
        transfer.supply().stored(partial.verifiedBytes());
        skipVerified();
        while (piece < layout.count()) {
            Source source = sources.removeFirst();
            try {
                pull(source);
                sources.addFirst(source); // there may be another gap
            } catch (SourceFailed e) {
                LOG.atInfo().addKeyValue("source", source).addKeyValue("at", layout.offset(piece) + written)
                        .addKeyValue("why", e.getMessage()).log("source given up");
                if (isSpoilt) {
                    isSpoilt = false;
                    sources.addFirst(source); // an earlier source may have spoilt the piece: now this one sends all of it
                } else {
                    tell(source, e);
                }
                if (sources.isEmpty()) {
                    throw e;
                }
            }
        }
        try {
            return partial.commit();
        } catch (IOException e) {
            throw new StoreFailed(e);
        }
    }

    private void skipVerified() {
        while (piece < layout.count() && partial.isVerified(piece)) {
            piece++;
        }
        if (piece > 0 && piece < layout.count()) {
            transfer.advance(layout.offset(piece)); // the last piece is for readers only when the blob is in the store
        }
    }

    private void tell(Source source, SourceFailed why) {
        if (source instanceof Source.Peer(var url) && why.phase().isPresent()) {
            failures.failed(url, representation.digest(), why.phase().get(), piece);
        }
    }

    /** Takes all up to the next piece that is there already. */
    private void pull(Source source) throws IOException {
        int end = piece;
        while (end < layout.count() && !partial.isVerified(end)) {
            end++;
        }
        long position = layout.offset(piece) + written;
        long endOfGap = end == layout.count() ? layout.size() : layout.offset(end);
        try (var body = opener.open(source, representation, position, endOfGap)) {
            skip(body, position - body.position());
            var reader = new PieceReader(partial, body);
            while (piece < end) {
                take(source, reader);
            }
        }
    }

    private static void skip(SourceBody body, long count) throws SourceFailed {
        try {
            body.skipNBytes(count);
        } catch (SourceFailed e) {
            throw e;
        } catch (IOException e) {
            throw new SourceFailed(Phase.SHORT, String.valueOf(e.getMessage()), e);
        }
    }

    private void take(Source source, PieceReader reader) throws IOException {
        boolean isRight;
        try {
            isRight = reader.take(piece, written);
        } catch (SourceFailed e) {
            written = reader.taken();
            throw e;
        }
        isSpoilt = !isRight && written > 0;
        written = 0;
        if (!isRight) {
            throw new SourceFailed(Phase.DIGEST, "corrupt piece");
        }
        transfer.supply().from(source, layout.length(piece));
        skipVerified();
    }
}
