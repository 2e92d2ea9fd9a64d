package io.fingerpost.registry.health;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.registry.store.Peer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/**
 * What is held against peers, under their keys and under their endpoints: neither a new lease nor a new key at the same place
 * makes anybody innocent. Bounded; when there are too many, those that were looked at least go first. Safe for use by many
 * threads.
 */
public final class Standings {
    private static final int MOST = 200_000;

    private final Cache<PeerId, Standing> known = Caffeine.newBuilder().maximumSize(MOST).build();
    private final StandingLog log;
    private final InstantSource clock;

    /** @param log is told of all that changes */
    public Standings(StandingLog log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    /** Takes over what the log has kept from before, or somebody else has found; the log is not told. */
    public void restore(Map<PeerId, Standing> kept) {
        kept.forEach((id, standing) -> {
            if (standing.equals(Standing.CLEAN)) {
                known.invalidate(id);
            } else {
                known.put(id, standing);
            }
        });
    }

    /** Takes over what is kept somewhere while this process may not have got through with its own: what was found later counts. */
    public void recall(Map<PeerId, Standing> kept) {
        Instant now = clock.instant();
        kept.forEach((id, standing) -> {
            if (standing.equals(Standing.CLEAN)) {
                known.asMap().computeIfPresent(id, (_, here) -> here.isClean(now) ? null : here);
            } else {
                known.asMap().merge(id, standing, (here, there) -> here.at().isAfter(there.at()) ? here : there);
            }
        });
    }

    /** Standings that begin with nothing and are not kept. */
    public static Standings inMemory(InstantSource clock) {
        return new Standings(StandingLog.NONE, clock);
    }

    /** Puts a peer that has just registered, or was restored, where it belongs. */
    public void receive(Peer peer) {
        var standing = of(peer);
        if (standing.isQuarantined(clock.instant())) {
            peer.turn(Peer.State.QUARANTINED, told(standing));
        }
    }

    /** What its owner is told of a quarantine. */
    static Reachability told(Standing standing) {
        return Reachability.no("in quarantine until " + standing.quarantinedUntil()
                + ": it sent wrong bytes, or failed too often", "check its disk, memory and network");
    }

    Standing of(Peer peer) {
        Instant now = clock.instant();
        var standing = standing(peer.id());
        for (PeerEndpoint endpoint : peer.admission().registration().endpoints()) {
            standing = standing.worse(standing(place(endpoint)), now);
        }
        return standing;
    }

    private Standing standing(PeerId id) {
        var standing = known.getIfPresent(id);
        return standing == null ? Standing.CLEAN : standing;
    }

    /** Only what proved itself is judged, so that nobody brings an endpoint that is not his into disrepute. */
    void keep(Peer peer, Standing standing) {
        keep(peer.id(), standing);
        peer.admission().routes().forEach(route -> keep(place(route.endpoint()), standing));
    }

    private void keep(PeerId id, Standing standing) {
        known.put(id, standing);
        log.keep(id, standing);
    }

    /** Forgets those against whom nothing is held any more; takes a look at each. */
    void forgive() {
        Instant now = clock.instant();
        known.asMap().forEach((id, standing) -> {
            if (standing.isClean(now) && known.asMap().remove(id, standing)) {
                log.keep(id, Standing.CLEAN);
            }
        });
    }

    /** An endpoint under a name that no key has, for a log that knows only those. */
    private static PeerId place(PeerEndpoint endpoint) {
        return new PeerId(
                Sha256.digestOf(("endpoint " + endpoint.authority()).getBytes(StandardCharsets.UTF_8)).base64Url());
    }
}
