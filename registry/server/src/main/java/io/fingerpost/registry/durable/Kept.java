package io.fingerpost.registry.durable;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.health.Standing;
import io.fingerpost.registry.representation.Known;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.store.Admission;
import io.fingerpost.registry.store.Filling;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/** All that the store keeps, in memory; changes make it, and it can be told as changes. */
final class Kept {
    final MemoryStore table;
    final RepresentationTable representations;
    final Map<PeerId, Standing> standings = new ConcurrentHashMap<>();
    /** Under which what is known of resources was learned. */
    volatile Sha256 rules = UNKNOWN;
    private Filling filling;

    /** Rules that are none: whatever holds now, what is known was learned under others. */
    static final Sha256 UNKNOWN = new Sha256(0, 0, 0, 0);

    /** Takes changes; {@link IOException} if it cannot. */
    interface Writer {
        void put(Change change) throws IOException;
    }

    Kept(MemoryStore table, RepresentationTable representations) {
        this.table = table;
        this.representations = representations;
        this.filling = table.filling();
    }

    /**
     * Makes a change once more, after a restart. One of a peer that is not known changes nothing.
     *
     * @param peers makes a peer of how it was admitted
     */
    void apply(Change change, BiFunction<PeerId, Admission, Peer> peers) {
        switch (change) {
            case Change.Admitted(var id, var admission) -> table.admit(peers.apply(id, admission));
            case Change.Told(var id, var update) -> table.update(id, update);
            case Change.Numbered(var id, var number, var count) -> filling.call(id, number, count);
            case Change.Rows(var rows) -> rows.forEach(row -> filling.put(row.digest(), row.holders()));
            case Change.Removed(var id) -> table.remove(id);
            case Change.Used(var id, var bytes, var at) -> table.find(id).ifPresent(peer -> peer.uploads()
                    .report(new UploadReport(0, 0, Math.clamp(bytes, 0, UploadReport.MAX_BYTES)), at.toEpochMilli()));
            case Change.Judged(var id, var standing) -> judge(id, standing);
            case Change.Learned(var resource, var representation, var freshUntil, var ambiguous) -> representations
                    .restore(resource, representation, freshUntil, ambiguous);
            case Change.Confirmed confirmed -> confirm(confirmed);
            case Change.Forgotten(var resource) -> representations.forget(resource);
            case Change.AllStale() -> representations.expireAll();
            case Change.Ruled(var now) -> rules = now;
            case Change.Ended() -> filling = table.filling(); // the numbers are those of one snapshot
        }
    }

    void judge(PeerId id, Standing standing) {
        if (standing.equals(Standing.CLEAN)) {
            standings.remove(id);
        } else {
            standings.put(id, standing);
        }
    }

    private void confirm(Change.Confirmed confirmed) {
        Known known = representations.peek(confirmed.resource());
        if (known == null || !known.binding().representation().digest().equals(confirmed.digest())) {
            representations.forget(confirmed.resource());
        } else {
            representations.restore(confirmed.resource(), known.binding().representation(), confirmed.freshUntil(),
                    known.namesakes().isAmbiguous());
        }
    }

    /** Forgets peers and resources of which changes are lost; how many these were. */
    int forget(Set<Long> subjects) {
        var forgotten = new AtomicInteger();
        for (Peer peer : table.peers()) {
            if (subjects.contains(Change.subject(peer.id()))) {
                table.remove(peer.id());
                forgotten.incrementAndGet();
            }
        }
        representations.forgetIf(resource -> {
            boolean lost = subjects.contains(Change.subject(resource));
            forgotten.addAndGet(lost ? 1 : 0);
            return lost;
        });
        if (subjects.contains(Change.ALL)) {
            representations.expireAll();
            rules = UNKNOWN;
        }
        return forgotten.get();
    }

    /** Forgets everything but what is held against peers; how many peers and resources that were. */
    int forgetAll() {
        int forgotten = table.peerCount();
        table.peers().forEach(peer -> table.remove(peer.id()));
        var resources = new AtomicInteger();
        representations.forgetIf(_ -> {
            resources.incrementAndGet();
            return true;
        });
        rules = UNKNOWN;
        return forgotten + resources.get();
    }

    /** Tells all of it, as changes. What changes meanwhile is told as it was before, as it is now, or not at all. */
    void tell(Writer to, long now) throws IOException {
        to.put(new Change.Ruled(rules));
        Map<Peer, Integer> numbers = new HashMap<>();
        for (Peer peer : table.peers()) {
            to.put(new Change.Admitted(peer.id(), peer.admission()));
            to.put(new Change.Numbered(peer.id(), numbers.size(), table.holdingsOf(peer.id())));
            numbers.put(peer, numbers.size());
            if (hasQuota(peer)) {
                to.put(used(peer, now));
            }
        }
        new ToldRows(numbers, to).tell(table.rows());
        for (var standing : standings.entrySet()) {
            to.put(new Change.Judged(standing.getKey(), standing.getValue()));
        }
        tellRepresentations(to);
    }

    void tellRepresentations(Writer to) throws IOException {
        for (var entry : representations.entries()) {
            to.put(learned(entry.getKey(), entry.getValue()));
        }
    }

    static Change learned(ResourceId resource, Known known) {
        return new Change.Learned(resource, known.binding().representation(), known.binding().freshUntil(),
                known.namesakes().isAmbiguous());
    }

    static boolean hasQuota(Peer peer) {
        return peer.uploads().budget().bytesPerMonth() != 0;
    }

    /** @param now milliseconds since 1970 */
    static Change.Used used(Peer peer, long now) {
        return new Change.Used(peer.id(), peer.uploads().usedThisMonth(now), Instant.ofEpochMilli(now));
    }
}
