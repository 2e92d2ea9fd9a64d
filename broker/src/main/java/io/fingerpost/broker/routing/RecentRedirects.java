package io.fingerpost.broker.routing;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fingerpost.broker.routing.Decision.Redirect;
import io.fingerpost.contract.PeerId;
import io.fingerpost.registry.representation.ResourceId;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Remembers for some seconds where clients were sent. One that comes back for the same part of the same resource was probably
 * failed there: it is sent elsewhere, and the peer is suspected. Anybody can pretend to have been failed, so a suspicion alone
 * changes nothing for other clients.
 *
 * <p>Safe for use by many threads; nothing in here waits.
 */
public final class RecentRedirects {
    private static final int MAX_CLIENTS = 100_000;
    /** Most peers that are remembered for one client and resource. */
    private static final int MAX_PEERS = 8;

    private final Cache<Trip, List<Sent>> trips;
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
     * @param range the `Range` field, or an empty text
     * @param suspected whether the client has come back from there
     */
    private record Sent(PeerId peer, String range, boolean suspected) {}

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
        this.suspects = suspects;
        this.trips = Caffeine.newBuilder().maximumSize(window.isZero() ? 0 : MAX_CLIENTS).expireAfterWrite(window)
                .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis())).build();
    }

    Past past(EdgeRequest request) {
        List<Sent> sent = trips.getIfPresent(Trip.of(request));
        if (sent == null) {
            return Past.NONE;
        }
        String range = range(request);
        // aria2 cuts what is left anew after a failure: what failed once is not asked for other parts either.
        var failed = sent.stream().filter(to -> to.suspected || to.range.equals(range)).map(Sent::peer).toList();
        return new Past(failed, sent.stream().map(Sent::peer).filter(peer -> !failed.contains(peer)).toList());
    }

    /** Takes note of what was decided for a request that a peer could have served. */
    public void note(EdgeRequest request, Decision decision) {
        boolean redirected = decision instanceof Redirect;
        if (!redirected && decision.reason() != Reason.CAME_BACK) {
            return;
        }
        var trip = Trip.of(request);
        String range = range(request);
        List<Sent> before = trips.getIfPresent(trip);
        var after = new ArrayList<Sent>(MAX_PEERS);
        for (Sent sent : before == null ? List.<Sent>of() : before) {
            boolean cameBack = sent.range.equals(range);
            if (cameBack && !sent.suspected) {
                suspects.accept(sent.peer);
            }
            after.add(new Sent(sent.peer, sent.range, cameBack || sent.suspected));
        }
        if (decision instanceof Redirect(_, var peers)) {
            after.add(new Sent(peers.getFirst().id(), range, false));
        }
        trips.put(trip, List.copyOf(after.subList(Math.max(0, after.size() - MAX_PEERS), after.size())));
    }

    private static String range(EdgeRequest request) {
        String range = request.fields().get("Range");
        return range == null ? "" : range;
    }
}
