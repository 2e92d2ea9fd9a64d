package io.fingerpost.broker.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fingerpost.broker.metrics.BrokerMetrics;
import io.fingerpost.broker.routing.EdgeRequest;
import io.fingerpost.broker.routing.RecentRedirects;
import io.fingerpost.registry.health.Suspicions;
import io.fingerpost.registry.representation.RepresentationTable;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the times that clients came back from a peer, tells the operator from which, and has the registry look into it. */
public final class Suspects implements RecentRedirects.Returns {
    private static final Logger LOG = LoggerFactory.getLogger(Suspects.class);
    private static final int MAX_PEERS = 10_000;
    private static final Duration MEMORY = Duration.ofMinutes(10);

    private final Cache<Integer, Boolean> told = Caffeine.newBuilder().maximumSize(MAX_PEERS)
            .expireAfterAccess(MEMORY).build();
    private final BrokerMetrics metrics;
    private final RepresentationTable representations;
    private final Suspicions suspicions;

    public Suspects(BrokerMetrics metrics, RepresentationTable representations, Suspicions suspicions) {
        this.metrics = metrics;
        this.representations = representations;
        this.suspicions = suspicions;
    }

    @Override
    public void cameBack(int peer, EdgeRequest request) {
        metrics.countSuspect();
        var known = representations.known(request.resource());
        if (known != null) {
            suspicions.suspect(peer, known.binding().representation().digest());
        }
        if (told.asMap().put(peer, true) == null) {
            LOG.atInfo().addKeyValue("peer", beginning(peer) + "…")
                    .log("a client came back from this peer; it is suspected");
        }
    }

    /** The first five characters of its id, which is what a mark is made of. */
    private static String beginning(int mark) {
        byte[] bits = ByteBuffer.allocate(Integer.BYTES).putInt(mark << 2).array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits).substring(0, 5);
    }
}
