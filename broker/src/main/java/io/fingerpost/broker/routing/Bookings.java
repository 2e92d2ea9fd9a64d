package io.fingerpost.broker.routing;

import io.fingerpost.broker.choice.NetworkShares;
import io.fingerpost.broker.routing.Decision.Redirect;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.store.Peer;

/** Books what a decision takes, so that the next one knows of it. Safe for use by many threads; takes no lock. */
public final class Bookings {
    private final Registry registry;
    private final RecentRedirects recent;
    private final NetworkShares shares;

    public Bookings(Registry registry, RecentRedirects recent, NetworkShares shares) {
        this.registry = registry;
        this.recent = recent;
        this.shares = shares;
    }

    /** Books a decision; false, and nothing is booked, if the peer's budget has gone to somebody else since it was chosen. */
    public boolean book(EdgeRequest request, Decision decision) {
        if (decision instanceof Redirect redirect) {
            Peer peer = redirect.peers().getFirst();
            if (!registry.charge(peer, redirect.bytes())) {
                return false;
            }
            shares.note(peer, redirect.place());
        }
        recent.note(request, decision);
        return true;
    }

    /** Books a share for each of the peers, as far as there is room: the client may go to all of them. */
    public void bookAll(Redirect redirect) {
        long share = Math.ceilDiv(redirect.bytes(), redirect.peers().size());
        for (Peer peer : redirect.peers()) {
            if (registry.charge(peer, share)) {
                shares.note(peer, redirect.place());
            }
        }
    }
}
