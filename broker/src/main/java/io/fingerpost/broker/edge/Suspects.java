package io.fingerpost.broker.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fingerpost.broker.metrics.BrokerMetrics;
import io.fingerpost.contract.PeerId;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the times that clients came back from a peer, and tells the operator from which. */
public final class Suspects implements Consumer<PeerId> {
    private static final Logger LOG = LoggerFactory.getLogger(Suspects.class);
    private static final int MAX_PEERS = 10_000;
    private static final Duration MEMORY = Duration.ofMinutes(10);

    private final Cache<PeerId, Boolean> told = Caffeine.newBuilder().maximumSize(MAX_PEERS)
            .expireAfterAccess(MEMORY).build();
    private final BrokerMetrics metrics;

    public Suspects(BrokerMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void accept(PeerId peer) {
        metrics.countSuspect();
        if (told.asMap().put(peer, true) == null) {
            LOG.atInfo().addKeyValue("peer", peer).log("a client came back from this peer; it is suspected");
        }
    }
}
