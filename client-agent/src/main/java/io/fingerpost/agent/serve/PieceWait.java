package io.fingerpost.agent.serve;

import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.agent.store.Partial;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.contract.http.ByteRange.Span;
import io.fingerpost.contract.http.PreferField;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import java.time.Duration;

/**
 * Holds a request for one piece until it is there, if the client prefers to wait (RFC 7240 §4.3): the registry sends clients here for
 * pieces that are about to arrive, so that the line has something to send the moment they do.
 */
final class PieceWait {
    private static final Duration LONGEST = Duration.ofSeconds(2);

    private final BlobStore store;

    PieceWait(BlobStore store) {
        this.store = store;
    }

    /**
     * Blocks, for two seconds at most.
     *
     * @return false if the client waited in vain; true if it did not, or had nothing to wait for
     */
    boolean await(HttpServerExchange exchange, Sha256 digest) throws InterruptedException {
        Duration wait = PreferField.waiting(exchange.getRequestHeaders().getFirst(PreferField.NAME));
        if (wait.isZero()) {
            return true;
        }
        Partial partial = store.fetched(digest).orElse(null);
        int piece = partial == null ? -1 : onlyPiece(exchange, partial.representation().layout());
        Duration longest = wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
        return partial == null || piece < 0 || partial.awaitVerified(piece, longest);
    }

    /** The piece that the range lies in; -1 if it is more than one, or none. */
    private static int onlyPiece(HttpServerExchange exchange, PieceLayout layout) {
        Span span = ByteRange.parse(exchange.getRequestHeaders().getFirst(Headers.RANGE)).resolve(layout.size());
        if (span == null) {
            return -1;
        }
        int piece = layout.pieceAt(span.first());
        return piece == layout.pieceAt(span.last()) ? piece : -1;
    }
}
