package io.fingerpost.broker.routing;

import io.fingerpost.broker.choice.NetworkShares;
import io.fingerpost.broker.routing.Decision.Redirect;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.store.Peer;
import java.time.InstantSource;

/** Books what a decision takes, so that the next one knows of it. Safe for use by many threads; takes no lock. */
public final class Bookings {
    private final Registry registry;
    private final RecentRedirects recent;
    private final NetworkShares shares;
    private final InstantSource clock;

    public Bookings(Registry registry, RecentRedirects recent, NetworkShares shares,
            InstantSource clock) {
        this.registry = registry;
        this.recent = recent;
        this.shares = shares;
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
        }
        recent.note(request, decision, now);
        return true;
    }

    /** Books a share for each of the peers, as far as there is room: the client may go to all of them. */
    public void bookAll(Redirect redirect) {
        long now = clock.millis();
        long share = Math.ceilDiv(redirect.bytes(), redirect.peers().size());
        for (Peer peer : redirect.peers()) {
            if (registry.charge(peer, share, now)) {
                shares.note(peer, redirect.place());
            }
        }
    }
}
