package io.fingerpost.agent.fetch;

import io.fingerpost.agent.store.Blob;
import io.fingerpost.agent.store.Partial;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.api.FailureReport.Phase;
import io.fingerpost.contract.api.Order;
import io.fingerpost.contract.api.Plan;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills a transfer from many sources at a time, as the registry orders: each piece is verified by itself, and served to others from then on. When
 * no orders come and nothing arrives, the origin has to help.
 */
final class SwarmTransfer implements OrderDesk.OrderTaker {
    private static final Logger LOG = LoggerFactory.getLogger(SwarmTransfer.class);
    /** Requests at a time to one source, so that its line never waits for the next one. */
    private static final int LANES = 3;
    /** From a peer that failed nothing is taken for so long. */
    private static final Duration REFUSED = Duration.ofSeconds(2);
    /** After so many times the patience, the origin is asked without an order. */
    private static final int LAST_PATIENCE = 3;
    /** So many times as patient while others of many files have their turn. */
    private static final int IN_TURN = 5;
    /** The transfer is given up when the origin failed so often without a new piece between. */
    private static final int ORIGIN_FAILURES = 4;
    /** What is taken from the origin at a time without an order. */
    private static final long UNORDERED_BYTES = 1 << 20;

    private final Transfer transfer;
    private final Partial partial;
    private final Representation representation;
    private final PieceLayout layout;
    private final String resource;
    private final SourceOpener opener;
    private final OrderDesk desk;
    private final PeerFailures failures;
    private final ExecutorService threads;
    private final Duration patience;

    private final PieceWriters writers = new PieceWriters();
    /** All below guarded by this. */
    private final Map<Optional<PeerId>, SourceQueue> queues = new HashMap<>();
    private int running;
    private int prefix;
    private int originFailures;
    private long lastEvent = System.nanoTime();
    private long lastAsked = lastEvent;
    private @Nullable IOException failure;

    /** @param patience without anything under way for so long, orders are asked for again */
    SwarmTransfer(Transfer transfer, Partial partial, String resource, SourceOpener opener, OrderDesk desk,
            PeerFailures failures, ExecutorService threads, Duration patience) {
        this.transfer = transfer;
        this.partial = partial;
        this.representation = partial.representation();
        this.layout = representation.layout();
        this.resource = resource;
        this.opener = opener;
        this.desk = desk;
        this.failures = failures;
        this.threads = threads;
        this.patience = patience;
    }

    /** Runs to the end. Throws when nobody has what is missing any more, or the store fails. */
    Blob run(Plan plan) throws IOException {
        try {
            if (!partial.verified().isEmpty()) {
                transfer.supply().stored(partial.verifiedBytes());
                advance(); // else nothing has begun yet, and the origin may still speak for itself
            }
            plan.orders().forEach(this::take);
            desk.takeEarly(representation.digest()).forEach(this::take);
            await();
            return partial.commit();
        } finally {
            desk.end(representation.digest());
        }
    }

    private void await() throws IOException {
        while (!awaitEnd()) {
            desk.plan(resource).filter(plan -> plan.representation().digest().equals(representation.digest()))
                    .ifPresent(plan -> plan.orders().forEach(this::take));
        }
    }

    /** Returns true when all is there, and false when nothing happens: then orders should be asked for again. */
    private synchronized boolean awaitEnd() throws IOException {
        while (!isComplete()) {
            if (failure != null) {
                throw failure;
            }
            long now = System.nanoTime();
            long patient = patience.toNanos() * (desk.hasOrderedWithin(patience) ? IN_TURN : 1);
            long left = Math.max(lastEvent, lastAsked) + patient - now;
            if (running == 0 && now - lastEvent > LAST_PATIENCE * patient) {
                takeUnordered();
            } else if (running == 0 && left < 0) {
                lastAsked = now;
                return false;
            }
            pause(running == 0 ? left : patient);
        }
        return true;
    }

    private synchronized boolean isOver() {
        return failure != null || isComplete();
    }

    private synchronized boolean isComplete() {
        return prefix == layout.count();
    }

    @SuppressWarnings("WaitNotInLoop") // the caller loops
    private synchronized void pause(long nanos) throws IOException {
        try {
            long most = Math.min(nanos, patience.toNanos()); // by then others may have no orders any more
            wait(Math.max(0, TimeUnit.NANOSECONDS.toMillis(most)) + 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** Nobody says what to take: some of what is missing from the origin. */
    private void takeUnordered() {
        int first = firstMissing();
        long most = Math.max(1, UNORDERED_BYTES / layout.pieceSize());
        int last = first;
        while (last + 1 < layout.count() && last - first + 1 < most && !partial.isVerified(last + 1)) {
            last++;
        }
        add(new Source.Origin(resource), Optional.empty(), new PieceSpan(first, last));
    }

    private int firstMissing() {
        int piece = prefix;
        while (partial.isVerified(piece)) {
            piece++;
        }
        return piece;
    }

    @Override
    public void take(Order order) {
        if (!order.digest().equals(representation.digest())) {
            return; // no order that makes sense
        }
        Source source;
        try {
            source = order.url().<Source>map(url -> new Source.Peer(URI.create(url)))
                    .orElseGet(() -> new Source.Origin(resource));
        } catch (IllegalArgumentException e) {
            LOG.atInfo().addKeyValue("why", e.getMessage()).log("an order without a URL");
            desk.failed(representation.digest(), order.from());
            return;
        }
        PieceSpan.of(order.pieces(), layout.count()).forEach(span -> add(source, order.from(), span));
    }

    private synchronized void add(Source source, Optional<PeerId> peer, PieceSpan span) {
        SourceQueue queue = queues.computeIfAbsent(peer, _ -> new SourceQueue(peer, source));
        queue.source(source);
        if (queue.isRefused()) {
            desk.failed(representation.digest(), peer);
            return;
        }
        queue.add(span);
        lastEvent = System.nanoTime();
        if (queue.enter(LANES)) {
            running++;
            threads.execute(() -> serve(queue));
        }
    }

    /** One lane: a request after the other, as long as there is something to ask for. */
    private void serve(SourceQueue queue) {
        try {
            for (var span = next(queue); span.isPresent(); span = next(queue)) {
                fetchUnlessDelayed(queue, span.get());
            }
        } catch (SourceFailed e) {
            gaveUp(queue, e);
        } catch (IOException e) {
            end(e);
        } catch (RuntimeException | Error e) { // whatever it is, the transfer must not wait for ever
            LOG.error("a source failed by a bug", e);
            end(new IOException("internal error", e));
        } finally {
            leave(queue);
        }
    }

    private synchronized Optional<PieceSpan> next(SourceQueue queue) {
        return failure == null ? queue.next(partial::isVerified) : Optional.empty();
    }

    private synchronized void leave(SourceQueue queue) {
        queue.leave();
        running--;
        lastEvent = System.nanoTime();
    }

    private synchronized void end(IOException why) {
        failure = failure == null ? why : failure;
        notifyAll();
    }

    private void gaveUp(SourceQueue queue, SourceFailed why) {
        LOG.atInfo().addKeyValue("source", source(queue)).addKeyValue("why", why.getMessage()).log("source given up");
        synchronized (this) {
            boolean isOrigin = queue.peer().isEmpty();
            queue.refuse(isOrigin ? 0 : REFUSED.toNanos());
            if (isOrigin && ++originFailures >= ORIGIN_FAILURES) {
                end(why);
                return;
            }
        }
        desk.failed(representation.digest(), queue.peer());
    }

    private synchronized Source source(SourceQueue queue) {
        return queue.source();
    }

    /** What its source does not have yet the registry notices to be late, and has it sent by another. */
    private void fetchUnlessDelayed(SourceQueue queue, PieceSpan span) throws IOException {
        try {
            fetch(queue, span);
        } catch (SourceFailed e) {
            if (!e.isDelay()) {
                throw e;
            }
            LOG.atDebug().addKeyValue("source", source(queue)).addKeyValue("piece", span.first()).log("piece delayed");
        }
    }

    private void fetch(SourceQueue queue, PieceSpan span) throws IOException {
        Source source = source(queue);
        int from = writers.resume(span.first());
        long position = layout.offset(span.first()) + from;
        long end = layout.offset(span.last()) + layout.length(span.last());
        try (var body = open(source, span.first(), position, end)) {
            var reader = new PieceReader(partial, body);
            int piece = span.first();
            if (body.position() < position) { // who ignores ranges sends all of it: then all of it is taken, for it comes anyway
                writers.leave(piece);
                piece = 0;
                from = 0;
                writers.enter(piece);
            }
            int last = layout.pieceAt(body.end() - 1);
            while (!isOver()) {
                take(queue, source, reader, piece, from);
                if (piece == last) {
                    return;
                }
                piece++;
                from = 0;
                writers.enter(piece);
            }
        }
    }

    private SourceBody open(Source source, int piece, long position, long end) throws SourceFailed, OriginChanged {
        try {
            return opener.open(source, representation, position, end);
        } catch (SourceFailed e) {
            keep(piece, (int) (position - layout.offset(piece)));
            writers.leave(piece);
            tell(source, piece, e);
            throw e;
        }
    }

    /** Takes one piece, or the rest of one. */
    private void take(SourceQueue queue, Source source, PieceReader reader, int piece, int from) throws IOException {
        boolean isRight;
        boolean isAlone;
        try {
            isRight = reader.take(piece, from);
        } catch (SourceFailed e) {
            keep(piece, reader.taken());
            tell(source, piece, e);
            throw e;
        } finally {
            isAlone = writers.leave(piece);
        }
        if (isRight) {
            transfer.supply().from(source, layout.length(piece));
            verified(piece);
            return;
        }
        if (from > 0) { // whoever broke off may have spoilt it
            again(queue, piece);
            return;
        }
        var corrupt = new SourceFailed(Phase.DIGEST, "corrupt piece");
        if (isAlone) { // or else somebody else may have spoilt it
            tell(source, piece, corrupt);
        }
        throw corrupt;
    }

    private synchronized void again(SourceQueue queue, int piece) {
        queue.addFirst(new PieceSpan(piece, piece));
    }

    private void keep(int piece, int bytes) {
        if (!partial.isVerified(piece)) {
            writers.keep(piece, bytes);
        }
    }

    private void verified(int piece) {
        writers.done(piece);
        advance();
        synchronized (this) {
            originFailures = 0;
        }
    }

    /** Lets readers have what is verified from the start without a gap. */
    private synchronized void advance() {
        while (prefix < layout.count() && partial.isVerified(prefix)) {
            prefix++;
        }
        lastEvent = System.nanoTime();
        if (isComplete()) { // the last piece is for readers only when the blob is in the store
            notifyAll();
        } else {
            transfer.advance(layout.offset(prefix));
        }
    }

    /** Tells on a peer that is to blame. */
    private void tell(Source source, int piece, SourceFailed why) {
        if (source instanceof Source.Peer(var url) && why.phase().isPresent()) {
            failures.failed(url, representation.digest(), why.phase().get(), piece);
        }
    }
}
