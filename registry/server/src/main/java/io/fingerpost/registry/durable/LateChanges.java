package io.fingerpost.registry.durable;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.health.Standing;
import io.fingerpost.registry.representation.RepresentationLog;
import io.fingerpost.registry.store.Peer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What changes without anybody waiting until it is written: what is known of resources, quotas, and what is held against peers. */
final class LateChanges {
    /** Most resources that may change between two commits. */
    private static final int MOST_RESOURCES = 16_384;
    private static final long QUOTA_NANOS = Duration.ofSeconds(2).toNanos();

    private final Kept kept;
    private final Runnable wake;
    private final ChangedResources resources;
    private final Set<PeerId> judged = ConcurrentHashMap.newKeySet();
    /** What was last written of each peer's quota. */
    private final Map<PeerId, Long> used = new ConcurrentHashMap<>();
    private long quotaTold = System.nanoTime();
    private volatile boolean ruled;

    LateChanges(Kept kept, Runnable wake) {
        this.kept = kept;
        this.wake = wake;
        this.resources = new ChangedResources(MOST_RESOURCES, wake);
    }

    RepresentationLog resources() {
        return resources;
    }

    void judge(PeerId id, Standing standing) {
        kept.judge(id, standing);
        judged.add(id);
        wake.run();
    }

    void rule(Sha256 rules) {
        kept.rules = rules;
        ruled = true;
        wake.run();
    }

    void peerGone(PeerId id) {
        used.remove(id);
    }

    boolean isEmpty() {
        return resources.isEmpty() && judged.isEmpty() && !ruled;
    }

    /** Writes what has changed; quotas every two seconds. */
    void tell(Kept.Writer to, long now) throws IOException {
        tellResources(to);
        for (PeerId id : List.copyOf(judged)) {
            judged.remove(id);
            to.put(new Change.Judged(id, kept.standings.getOrDefault(id, Standing.CLEAN)));
        }
        if (System.nanoTime() - quotaTold > QUOTA_NANOS) {
            quotaTold = System.nanoTime();
            tellQuotas(to, now);
        }
    }

    /** What was learned before the rules changed must never stand there as if it was learned under them, nor the other way round. */
    private void tellResources(Kept.Writer to) throws IOException {
        boolean newRules = ruled;
        ruled = false;
        Sha256 rules = kept.rules;
        if (newRules) {
            to.put(new Change.Ruled(Kept.UNKNOWN));
        }
        resources.tell(kept, to);
        if (newRules) {
            to.put(new Change.Ruled(rules));
        }
    }

    void tellQuotas(Kept.Writer to, long now) throws IOException {
        for (Peer peer : kept.table.peers()) {
            if (Kept.hasQuota(peer)) {
                Change.Used change = Kept.used(peer, now);
                Long before = used.put(peer.id(), change.bytes());
                if (before == null ? change.bytes() > 0 : before != change.bytes()) {
                    to.put(change);
                }
            }
        }
    }
}
