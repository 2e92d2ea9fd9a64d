package io.fingerpost.agent.fetch;

import io.fingerpost.contract.PeerId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.IntPredicate;

/** What one source has to send still. Guarded by its {@link SwarmTransfer}. */
final class SourceQueue {
    private final Optional<PeerId> peer;
    private final Deque<PieceSpan> spans = new ArrayDeque<>();
    private Source source;
    private int lanes;
    private long refusedUntil = System.nanoTime();

    /** @param peer empty for the origin */
    SourceQueue(Optional<PeerId> peer, Source source) {
        this.peer = peer;
        this.source = source;
    }

    Optional<PeerId> peer() {
        return peer;
    }

    /** Under the URL that was told last: the ticket in it changes. */
    Source source() {
        return source;
    }

    void source(Source told) {
        source = told;
    }

    /** Whether an order crosses the report of the source's failure. */
    boolean isRefused() {
        return System.nanoTime() - refusedUntil < 0;
    }

    /** Drops everything, and takes nothing for so many nanoseconds. */
    void refuse(long time) {
        spans.clear();
        refusedUntil = System.nanoTime() + time;
    }

    void add(PieceSpan span) {
        spans.add(span);
    }

    void addFirst(PieceSpan span) {
        spans.addFirst(span);
    }

    /** Takes another request at a time, if that is not one too many. */
    boolean enter(int most) {
        boolean hasRoom = lanes < most;
        lanes += hasRoom ? 1 : 0;
        return hasRoom;
    }

    void leave() {
        lanes--;
    }

    /** What is to be asked for next; pieces that are there already are not. */
    Optional<PieceSpan> next(IntPredicate isThere) {
        while (!spans.isEmpty()) {
            PieceSpan span = spans.removeFirst();
            int first = span.first();
            while (first <= span.last() && isThere.test(first)) {
                first++;
            }
            int last = first;
            while (last < span.last() && !isThere.test(last + 1)) {
                last++;
            }
            if (last < span.last()) {
                spans.addFirst(new PieceSpan(last + 1, span.last()));
            }
            if (first <= span.last()) {
                return Optional.of(new PieceSpan(first, last));
            }
        }
        return Optional.empty();
    }
}
