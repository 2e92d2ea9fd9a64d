package io.fingerpost.broker.edge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fingerpost.broker.metrics.BrokerMetrics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts the times that clients came back from a peer, and tells the operator from which. */
public final class Suspects implements IntConsumer {
    private static final Logger LOG = LoggerFactory.getLogger(Suspects.class);
    private static final int MAX_PEERS = 10_000;
    private static final Duration MEMORY = Duration.ofMinutes(10);

    private final Cache<Integer, Boolean> told = Caffeine.newBuilder().maximumSize(MAX_PEERS)
            .expireAfterAccess(MEMORY).build();
    private final BrokerMetrics metrics;

    public Suspects(BrokerMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void accept(int peer) {
        metrics.countSuspect();
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
