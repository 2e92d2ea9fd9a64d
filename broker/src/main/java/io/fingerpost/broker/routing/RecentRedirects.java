package io.fingerpost.broker.routing;

import io.fingerpost.broker.routing.Decision.Redirect;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.http.ByteRange;
import io.fingerpost.registry.representation.ResourceId;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for some seconds where clients were sent. One that comes back for the same part of the same resource was probably
 * failed there: it is sent elsewhere, and the peer is suspected. Anybody can pretend to have been failed, so a suspicion alone
 * changes nothing for other clients. One that comes back more often than a client would is a crowd behind one address, of which
 * nothing can be told.
 *
 * <p>Safe for use by many threads, and takes no lock: all share a table of fixed size, in which a later client may push an earlier
 * one out.
 */
public final class RecentRedirects {
    private static final int TRIP_BITS = 17;
    private static final int SPREAD = 0x9E37_79B9;
    /** Most peers that are remembered for one client and resource. */
    private static final int MAX_PEERS = 8;
    /** Programs that retry do so about five times. */
    private static final int MOST_RETURNS = 6;

    private final AtomicReferenceArray<Visits> trips;
    private final Duration window;
    private final InstantSource clock;
    private final Consumer<PeerId> suspects;

    /** Who wanted what. Behind one address, clients are told apart as far as their agents differ. */
    private record Trip(InetAddress address, int agent, String method, ResourceId resource) {
        static Trip of(EdgeRequest request) {
            String peer = request.peer();
            int agent = Objects.hashCode(peer != null ? peer : request.fields().get("User-Agent"));
            return new Trip(request.client().address(), agent, request.method(), request.resource());
        }
    }

    /**
     * A client was sent to a peer.
     *
     * @param suspected whether the client has come back from there
     */
    private record Sent(PeerId peer, ByteRange range, Instant at, boolean suspected) {}

    /** @param returns how often it came back for the same part, as long as anything of this is remembered */
    private record Visits(Trip trip, List<Sent> sent, int returns) {
        boolean isOver(Instant earliest) {
            return !sent.getLast().at.isAfter(earliest);
        }

        boolean isCrowd() {
            return returns > MOST_RETURNS;
        }
    }

    /**
     * What is known of a client's way so far.
     *
     * @param failed peers that it was sent to for the very same bytes, or came back from before
     * @param used other peers that it was sent to for other parts of the resource
     */
    record Past(List<PeerId> failed, List<PeerId> used) {
        static final Past NONE = new Past(List.of(), List.of());
    }

    /**
     * @param window how long a client that comes back counts as failed; 0 for not at all
     * @param suspects told of each peer from which a client came back
     */
    public RecentRedirects(Duration window, InstantSource clock, Consumer<PeerId> suspects) {
        this.window = window;
        this.clock = clock;
        this.suspects = suspects;
        this.trips = new AtomicReferenceArray<>(window.isZero() ? 1 : 1 << TRIP_BITS);
    }

    Past past(EdgeRequest request) {
        Visits visits = window.isZero() ? null : recent(Trip.of(request));
        if (visits == null || visits.isCrowd()) {
            return Past.NONE;
        }
        ByteRange range = request.range();
        // aria2 cuts what is left anew after a failure: what failed once is not asked for other parts either.
        var failed = visits.sent.stream().filter(to -> to.suspected || to.range.equals(range)).map(Sent::peer).toList();
        return new Past(failed,
                visits.sent.stream().map(Sent::peer).filter(peer -> !failed.contains(peer)).toList());
    }

    /** What of a trip lies within the window; null if nothing does. */
    private @Nullable Visits recent(Trip trip) {
        Visits visits = trips.get(slot(trip));
        Instant earliest = clock.instant().minus(window);
        if (visits == null || visits.isOver(earliest) || !visits.trip.equals(trip)) {
            return null;
        }
        boolean allRecent = visits.sent.getFirst().at.isAfter(earliest);
        return allRecent
                ? visits
                : new Visits(trip, visits.sent.stream().filter(sent -> sent.at.isAfter(earliest)).toList(),
                        visits.returns);
    }

    private int slot(Trip trip) {
        return trips.length() == 1 ? 0 : trip.hashCode() * SPREAD >>> Integer.SIZE - TRIP_BITS;
    }

    /** Takes note of what was decided for a request that a peer could have served. */
    public void note(EdgeRequest request, Decision decision) {
        boolean redirected = decision instanceof Redirect;
        if (window.isZero() || !redirected && decision.reason() != Reason.CAME_BACK) {
            return;
        }
        var trip = Trip.of(request);
        Visits before = recent(trip);
        if (before != null) {
            trips.set(slot(trip), noteReturn(before, request.range(), decision));
        } else if (decision instanceof Redirect redirect) {
            trips.set(slot(trip), new Visits(trip, List.of(sent(redirect, request.range())), 0));
        }
    }

    private Visits noteReturn(Visits before, ByteRange range, Decision decision) {
        boolean cameBack = before.sent.stream().anyMatch(sent -> sent.range.equals(range));
        var after = new ArrayList<Sent>(MAX_PEERS + 1);
        for (Sent sent : before.sent) {
            after.add(sent.range.equals(range) && !before.isCrowd() ? suspected(sent) : sent);
        }
        if (decision instanceof Redirect redirect) {
            after.add(sent(redirect, range));
        }
        return new Visits(before.trip,
                List.copyOf(after.subList(Math.max(0, after.size() - MAX_PEERS), after.size())),
                before.returns + (cameBack ? 1 : 0));
    }

    private Sent sent(Redirect redirect, ByteRange range) {
        return new Sent(redirect.peers().getFirst().id(), range, clock.instant(), false);
    }

    private Sent suspected(Sent sent) {
        if (!sent.suspected) {
            suspects.accept(sent.peer);
        }
        return new Sent(sent.peer, sent.range, sent.at, true);
    }
}
