package io.fingerpost.registry.durable;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.config.ConfigException;
import io.fingerpost.registry.RequestRejected;
import io.fingerpost.registry.change.Change;
import io.fingerpost.registry.durable.JournalFile.Entry;
import io.fingerpost.registry.health.Standing;
import io.fingerpost.registry.health.StandingLog;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.representation.RepresentationLog;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.store.Admission;
import io.fingerpost.registry.store.Census;
import io.fingerpost.registry.store.Holders;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.store.RegistryStore;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps everything in memory as {@link MemoryStore} does, and in files, where a restart finds it: peers, holdings, what is known of
 * resources, used quotas, and what is held against peers. What a method that changes peers or holdings has returned from is not lost
 * when the process ends, however it does.
 *
 * <p>Leases are not written: an outage must not end them, so after a restart all run anew.
 */
public final class DurableStore implements RegistryStore, StandingLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DurableStore.class);

    private final Path path;
    private final InstantSource clock;
    private final MemoryStore table = new MemoryStore();
    private final RepresentationTable representations;
    private final Kept kept;
    private @Nullable Journal journal;

    /**
     * A store that does nothing before {@link #restore}.
     *
     * @param path a folder of its own; it is made if it is missing, not so the one around it
     * @param representations what is kept of resources
     */
    public DurableStore(Path path, RepresentationTable representations, InstantSource clock) {
        this.path = path;
        this.representations = representations;
        this.clock = clock;
        this.kept = new Kept(table, representations);
    }

    /**
     * Reads what is kept, and begins to keep what changes from now on. Whatever is damaged there is passed over, told in the log, and
     * set aside.
     *
     * @param rules under which resources are learned now; if it was others before, all is stale
     * @param peers makes a peer of how it was admitted
     * @param leaseEnd to which the peers' leases run, asked at the end
     * @throws ConfigException if the folder cannot be used, or another version of this program has written what is there
     */
    public void restore(Sha256 rules, BiFunction<PeerId, Admission, Peer> peers, Supplier<Instant> leaseEnd) {
        long start = System.nanoTime();
        try {
            var folder = StoreFolder.open(path);
            Recovery.Found found = new Recovery(folder, kept, peers).run();
            boolean otherRules = !kept.rules.equals(rules);
            if (otherRules) {
                representations.expireAll();
                kept.rules = rules;
            }
            var opened = new Journal(folder, kept, found, clock);
            if (!found.damaged().isEmpty()) {
                opened.beginWithSnapshot();
                tell(found, folder.setAside(found.damaged()));
                folder.removeBefore(found.latest() + 1);
            } else if (otherRules) {
                opened.append(Entry.of(new Change.AllStale()));
                opened.append(Entry.of(new Change.Ruled(rules)));
            }
            representations.watch(opened.late().resources());
            opened.start();
            journal = opened;
        } catch (IOException e) {
            throw new ConfigException("the registry cannot be kept in '" + path + "': " + e.getMessage());
        }
        Instant until = leaseEnd.get();
        table.peers().forEach(peer -> table.renew(peer.id(), until));
        boolean isNew = table.peerCount() == 0 && representations.size() == 0 && kept.standings.isEmpty();
        LOG.atLevel(isNew ? Level.DEBUG : Level.INFO).addKeyValue("peers", table.peerCount())
                .addKeyValue("holdings", table.holdingCount())
                .addKeyValue("representations", representations.size())
                .addKeyValue("standings", kept.standings.size())
                .addKeyValue("millis", Duration.ofNanos(System.nanoTime() - start).toMillis())
                .log("registry restored");
    }

    private static void tell(Recovery.Found found, Path aside) {
        LOG.atWarn().addKeyValue("lostChanges", found.lostChanges()).addKeyValue("forgotten", found.forgotten())
                .addKeyValue("files", found.damaged().stream().map(file -> file.getFileName().toString()).sorted()
                        .toList())
                .addKeyValue("setAside", aside)
                .log("the registry's files were damaged: what is intact was restored, and peers and resources of which changes "
                        + "are lost were forgotten");
    }

    private Journal journal() {
        Journal opened = journal;
        if (opened == null) {
            throw new IllegalStateException("not restored yet");
        }
        return opened;
    }

    private static void await(Journal.Batch written) {
        if (!written.await()) {
            throw new RequestRejected(503, "registry-not-kept", "this cannot be kept at the moment; try again later");
        }
    }

    /** What is held against peers; some of these may not be in the table. */
    public Map<PeerId, Standing> standings() {
        return Map.copyOf(kept.standings);
    }

    @Override
    public void keep(PeerId id, Standing standing) {
        journal().late().judge(id, standing);
    }

    /** The rules are about to change: until {@link #rule}, nothing that is learned is believed after a restart. */
    public void suspendRules() {
        rule(Kept.UNKNOWN);
    }

    /** What is known of resources from now on was learned under {@code rules}, or would be the same under them. */
    public void rule(Sha256 rules) {
        journal().late().rule(rules);
    }

    @Override
    public void admit(Peer peer) {
        var entry = Entry.of(new Change.Admitted(peer.id(), peer.admission()));
        Journal.Batch written;
        synchronized (this) {
            table.admit(peer);
            journal().late().peerGone(peer.id());
            written = journal().append(entry);
        }
        await(written);
    }

    @Override
    public boolean update(Peer peer, HoldingsUpdate update) {
        var entry = Entry.of(new Change.Told(peer.id(), update));
        Journal.Batch written;
        synchronized (this) {
            if (!table.update(peer, update)) {
                return false;
            }
            written = journal().append(entry);
        }
        await(written);
        return true;
    }

    @Override
    public boolean remove(Peer peer) {
        Journal.Batch written;
        synchronized (this) {
            if (!table.remove(peer)) {
                return false;
            }
            written = gone(peer.id());
        }
        await(written);
        return true;
    }

    private Journal.Batch gone(PeerId id) {
        journal().late().peerGone(id);
        return journal().append(Entry.of(new Change.Removed(id)));
    }

    /** Does not wait until it is written: nobody is told, and after a restart these leases would run out again. */
    @Override
    public synchronized int removeExpired(Instant now) {
        List<PeerId> expired = table.expire(now);
        expired.forEach(this::gone);
        return expired.size();
    }

    @Override
    public Optional<Peer> find(PeerId id) {
        return table.find(id);
    }

    @Override
    public boolean renew(PeerId id, Instant until) {
        return table.renew(id, until);
    }

    @Override
    public void relocate(Function<InetAddress, Place> locator) {
        table.relocate(locator);
    }

    @Override
    public Holders holders(Sha256 digest) {
        return table.holders(digest);
    }

    @Override
    public boolean holds(PeerId id, Sha256 digest) {
        return table.holds(id, digest);
    }

    @Override
    public int holdingsOf(PeerId id) {
        return table.holdingsOf(id);
    }

    @Override
    public long partBytesOf(PeerId id) {
        return table.partBytesOf(id);
    }

    @Override
    public long partBytes() {
        return table.partBytes();
    }

    @Override
    public boolean isInSync(PeerId id, long said) {
        return table.isInSync(id, said);
    }

    @Override
    public Census census() {
        return table.census();
    }

    @Override
    public void forEachPeer(Consumer<Peer> consumer) {
        table.forEachPeer(consumer);
    }

    @Override
    public Optional<Sha256> drawHolding(PeerId id, RandomGenerator random) {
        return table.drawHolding(id, random);
    }

    @Override
    public int peerCount() {
        return table.peerCount();
    }

    @Override
    public long bitsPerSecond() {
        return table.bitsPerSecond();
    }

    @Override
    public long holdingCount() {
        return table.holdingCount();
    }

    /** Writes what is not written yet. From then on, nothing can be changed. */
    @Override
    public void close() {
        Journal opened = journal;
        if (opened != null) {
            representations.watch(RepresentationLog.NONE);
            opened.close();
        }
    }
}
