package io.fingerpost.broker.routing;

import io.fingerpost.broker.choice.NetworkShares;
import io.fingerpost.broker.routing.Decision.Redirect;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.locality.LiveLocator;
import io.fingerpost.registry.store.Peer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Books what a decision takes, so that the next one knows of it. Safe for use by many threads; takes no lock. */
public final class Bookings {
    private final Registry registry;
    private final RecentRedirects recent;
    private final NetworkShares shares;
    private final LiveLocator locator;
    private final InstantSource clock;

    public Bookings(Registry registry, RecentRedirects recent, NetworkShares shares, LiveLocator locator,
            InstantSource clock) {
        this.registry = registry;
        this.recent = recent;
        this.shares = shares;
        this.locator = locator;
        this.clock = clock;
    }

    /** Books a decision; false, and nothing is booked, if the peer's budget has gone to somebody else since it was chosen. */
    public boolean book(EdgeRequest request, Decision decision) {
        long now = clock.millis();
        if (decision instanceof Redirect redirect) {
            Peer peer = redirect.peers().getFirst();
            if (!registry.charge(peer, redirect.bytes(), now)) {
                return false;
            }
            shares.note(peer, redirect.place());
        } else {
            bookMiss(request, decision.reason());
        }
        recent.note(request, decision, now);
        return true;
    }

    /** What peers could not serve is no peer's share of what a network asks for: else one that had its share would never get more. */
    public void bookMiss(EdgeRequest request, Reason reason) {
        if (reason == Reason.NETWORK_SHARE || reason == Reason.OVER_BUDGET) {
            shares.noteNobody(locator.locate(request.client().address()));
        }
    }

    /** Books a share for each of the peers, for the client may go to all of them; those are left that had room for it. */
    public List<Peer> bookAll(Redirect redirect) {
        long now = clock.millis();
        long share = Math.ceilDiv(redirect.bytes(), redirect.peers().size());
        var booked = new ArrayList<Peer>();
        for (Peer peer : redirect.peers()) {
            if (registry.charge(peer, share, now)) {
                shares.note(peer, redirect.place());
                booked.add(peer);
            }
        }
        return booked;
    }
}
