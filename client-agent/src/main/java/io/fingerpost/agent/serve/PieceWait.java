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
import io.undertow.util.Methods;
import java.time.Duration;

/**
 * Holds a request for one piece until it is there, if the client prefers to wait (RFC 7240 §4.3): the registry sends clients here for
 * pieces that are about to arrive, so that the line has something to send the moment they do. Who waits has one of the slots.
 */
final class PieceWait {
    /** What came of it. */
    enum Outcome {
        /** The client did not wait, or had nothing to wait for. */
        NONE,
        ARRIVED,
        /** The piece is not there in time. */
        IN_VAIN
    }

    private static final Duration LONGEST = Duration.ofSeconds(2);
    /** This peer may have been told to fetch it at the same moment; who does not hold it at all should say so soon. */
    private static final Duration BEGINNING = Duration.ofMillis(300);

    private final BlobStore store;

    PieceWait(BlobStore store) {
        this.store = store;
    }

    /** Blocks, for two seconds at most. */
    Outcome await(HttpServerExchange exchange, Sha256 digest) throws InterruptedException {
        Duration wait = PreferField.waiting(exchange.getRequestHeaders().getFirst(PreferField.NAME));
        if (wait.isZero() || !exchange.getRequestMethod().equals(Methods.GET)) {
            return Outcome.NONE;
        }
        long end = System.nanoTime() + Math.min(wait.toNanos(), LONGEST.toNanos());
        Partial partial = store.awaitFetched(digest, BEGINNING).orElse(null);
        int piece = partial == null ? -1 : onlyPiece(exchange, partial.representation().layout());
        if (partial == null || piece < 0 || partial.isVerified(piece)) {
            return Outcome.NONE;
        }
        return partial.awaitVerified(piece, Duration.ofNanos(end - System.nanoTime()))
                ? Outcome.ARRIVED
                : Outcome.IN_VAIN;
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
