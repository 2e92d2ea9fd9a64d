package io.fingerpost.registry.health;

import io.fingerpost.contract.PeerId;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when more than half of the peers fail at once: then it is rather our own network that fails, and nobody is held to
 * account until it is over.
 *
 * <p>It asks those who were probed within a short window, each by its latest probe; those who were down before it do not count.
 * {@link #getAsBoolean} may be called by any thread.
 */
public final class Panic implements BooleanSupplier {
    private static final Logger LOG = LoggerFactory.getLogger(Panic.class);
    /** Of fewer peers, half may well fail by chance. */
    static final int LEAST_PEERS = 10;
    private static final int MOST_PEERS = 10_000;

    private final Map<PeerId, Probed> latest = new LinkedHashMap<>();
    private int failed;
    private volatile boolean on;

    private record Probed(Instant at, boolean failed) {}

    /** Whether there is a panic now. */
    @Override
    public boolean getAsBoolean() {
        return on;
    }

    /**
     * Takes in what came of a probe.
     *
     * @param wasWell whether the peer counted as answering before; of others only good news is taken
     * @param window how long a probe counts
     */
    synchronized void note(PeerId peer, boolean wasWell, boolean failure, Instant now, Duration window) {
        boolean known = latest.containsKey(peer);
        if (wasWell || known && !failure) {
            forget(peer);
            latest.put(peer, new Probed(now, failure));
            failed += failure ? 1 : 0;
        }
        expire(now.minus(window));
        turn(latest.size() >= LEAST_PEERS && failed * 2 > latest.size());
    }

    /** A peer that is gone says nothing any more. */
    synchronized void forget(PeerId peer) {
        var before = latest.remove(peer);
        failed -= before != null && before.failed ? 1 : 0;
    }

    private void expire(Instant before) {
        Iterator<Probed> oldest = latest.values().iterator();
        while (oldest.hasNext()) {
            Probed probed = oldest.next();
            if (!probed.at.isBefore(before) && latest.size() <= MOST_PEERS) {
                return;
            }
            failed -= probed.failed ? 1 : 0;
            oldest.remove();
        }
    }

    private void turn(boolean now) {
        if (now != on) {
            on = now;
            LOG.atWarn().addKeyValue("probed", latest.size()).addKeyValue("failed", failed).log(now
                    ? "more than half of the peers fail at once: suspecting ourselves, and serving from the origin"
                    : "most peers answer again: serving from them");
        }
    }
}
