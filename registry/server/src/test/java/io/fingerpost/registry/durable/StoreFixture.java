package io.fingerpost.registry.durable;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.store.Admission;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.upload.Uploads;
import io.fingerpost.testing.MutableClock;
import java.nio.file.Path;
import java.time.Instant;

/** A durable store that a test restarts: what comes back has to have come from the files. */
final class StoreFixture implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final Instant LEASE_END = NOW.plusSeconds(30);
    static final Sha256 RULES = Sha256.digestOf(new byte[] {7});

    final MutableClock clock = new MutableClock(NOW);
    private final Path folder;
    private Sha256 rules = RULES;
    private RepresentationTable representations;
    private DurableStore store;

    StoreFixture(Path folder) {
        this.folder = folder;
        open();
    }

    private void open() {
        representations = newRepresentations();
        store = new DurableStore(folder, representations, clock);
        store.restore(rules, StoreFixture::peer, () -> LEASE_END);
    }

    static RepresentationTable newRepresentations() {
        return new RepresentationTable(new ByteSize(4 << 20));
    }

    static Peer peer(PeerId id, Admission admission) {
        return new Peer(id, admission, TicketKey.derive(new byte[32], id), new Place(0, 1, 0, 0),
                new Uploads(admission.registration().budget(), admission.at().toEpochMilli()), Instant.EPOCH,
                Reachability.YES);
    }

    DurableStore store() {
        return store;
    }

    RepresentationTable representations() {
        return representations;
    }

    /** Opens what is there as another process would that comes after this one. */
    DurableStore restart() {
        store.close();
        open();
        return store;
    }

    DurableStore restartUnder(Sha256 otherRules) {
        rules = otherRules;
        return restart();
    }

    @Override
    public void close() {
        store.close();
    }
}
