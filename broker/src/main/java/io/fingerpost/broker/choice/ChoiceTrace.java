package io.fingerpost.broker.choice;

import io.fingerpost.registry.locality.Tier;
import io.fingerpost.registry.store.Peer;

/** Is told what becomes of each peer that a choice looks at. */
public interface ChoiceTrace {
    void excluded(Peer peer, Exclusion why);

    /**
     * The peer can be chosen.
     *
     * @param isUsed whether others come first because the client was sent to it for other parts
     * @param load of its uplink, in seconds, counted higher while the peer is new
     * @param isBusy whether others come first because of that load
     * @param lot decides among peers that are equally near and busy, the lowest first; smaller for larger uplinks
     */
    void weighed(Peer peer, Tier tier, boolean isUsed, double load, boolean isBusy, double lot);
}
