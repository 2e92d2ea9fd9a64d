package io.fingerpost.broker.choice;

import io.fingerpost.registry.Interleavings;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.store.Peer;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("lincheck")
class NetworkSharesConcurrencyTest {
    private static final Place HOME = new Place(0, 1, 0, 0);
    private static final Peer[] PEERS = {SmallSwarm.peer(1, SmallSwarm.AWAY), SmallSwarm.peer(2, SmallSwarm.AWAY)};

    /**
     * A network that is known, and fewer redirects than are remembered of it. Weaker than linearizable is what the first two
     * redirects of a network do at the same time, of which one may go lost, and what happens when the oldest are forgotten.
     */
    @Param(name = "peer", gen = IntGen.class, conf = "0:1")
    public static class OneNetwork {
        private final NetworkShares shares = new NetworkShares(13); // two of sixteen

        public OneNetwork() {
            shares.note(SmallSwarm.peer(3, SmallSwarm.AWAY), HOME);
        }

        @Operation
        public void note(@Param(name = "peer") int peer) {
            shares.note(PEERS[peer], HOME);
        }

        @Operation
        public boolean hasSeenEnough(@Param(name = "peer") int peer) {
            return shares.hasSeenEnough(PEERS[peer], HOME);
        }
    }

    @Test
    void everyRedirectCounts() {
        Interleavings.stress(OneNetwork.class);
    }
}
