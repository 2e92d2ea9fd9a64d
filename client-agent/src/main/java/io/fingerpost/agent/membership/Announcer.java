package io.fingerpost.agent.membership;

import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.agent.store.StoreListener;
import io.fingerpost.contract.HoldingsChecksum;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.client.RegistryRefused;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the registry what changed in the store, at once and in batches. It remembers only which digests changed and looks up
 * how they stand when it speaks, so the order of changes cannot matter; what did not arrive is told again. What has arrived is
 * summed up for the heartbeat, so that the registry notices when it knows something else.
 */
final class Announcer implements StoreListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final RegistryClient registry;
    private final BlobStore store;
    private final LeaseListener listener;
    /** No virtual one, for it waits for an answer with every piece: see {@link io.fingerpost.agent.KeptThreads}. */
    private final Thread thread = Thread.ofPlatform().daemon().name("announcer").unstarted(this::run);
    /** Guarded by this, as the lease is. */
    private final Set<Sha256> changed = new LinkedHashSet<>();
    private @Nullable LeaseGrant lease;
    /** What has arrived under the lease: for each digest what it adds to the checksum. */
    private final Map<Sha256, Long> told = new HashMap<>();
    private long checksum;
    /** Whether it is not known if the last batch has arrived. */
    private boolean isUnderWay;
    /** Whether all that was told has to be told anew. */
    private boolean isOutOfSync;

    Announcer(RegistryClient registry, BlobStore store, LeaseListener listener) {
        this.listener = listener;
        this.registry = registry;
        this.store = store;
    }

    void start() {
        thread.start();
    }

    /** A new lease starts with no holdings: all of them are told. */
    synchronized void leaseGranted(LeaseGrant granted) {
        forgetTold();
        lease = granted;
        addAll();
    }

    synchronized void leaseLost() {
        lease = null;
        changed.clear();
    }

    private void forgetTold() {
        told.clear();
        checksum = 0;
        isUnderWay = false;
        isOutOfSync = false;
    }

    private void addAll() {
        store.holdings().forEach(held -> changed.add(held.digest()));
        notifyAll();
    }

    /** The checksum of what has arrived; empty while that is not known. */
    synchronized Optional<Long> checksum() {
        return lease == null || isUnderWay || isOutOfSync ? Optional.empty() : Optional.of(checksum);
    }

    /** The registry knows something else than {@code said}: if that is still what was told, all of it is told anew. */
    synchronized void outOfSync(long said) {
        if (checksum().equals(Optional.of(said))) {
            LOG.info("the registry knows other holdings than it was told; telling it all of them");
            isOutOfSync = true;
            addAll();
        }
    }

    @Override
    public synchronized void changed(Sha256 digest) {
        if (lease != null) {
            changed.add(digest);
            notifyAll();
        }
    }

    /**
     * Some changes to tell, under the lease they are to be told with.
     *
     * @param anew whether nothing told before counts any more
     */
    private record Batch(LeaseGrant lease, boolean anew, List<Sha256> digests) {}

    private void run() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                var batch = nextBatch();
                if (!tell(batch)) {
                    again(batch);
                    Thread.sleep(RETRY);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private synchronized Batch nextBatch() throws InterruptedException {
        while (lease == null || changed.isEmpty() && !isOutOfSync) {
            wait();
        }
        var digests = changed.stream().limit(HoldingsUpdate.MAX_ENTRIES).toList();
        digests.forEach(changed::remove);
        var batch = new Batch(lease, isOutOfSync, digests);
        isUnderWay = true;
        isOutOfSync = false;
        return batch;
    }

    /** Whether this is settled; if not, it has to be told again. */
    private boolean tell(Batch batch) {
        var hold = new ArrayList<Held>();
        var drop = new ArrayList<Sha256>();
        for (Sha256 digest : batch.digests) {
            store.held(digest).ifPresentOrElse(hold::add, () -> drop.add(digest));
        }
        var update = new HoldingsUpdate(batch.anew, hold, drop);
        try {
            var orders = registry.announce(batch.lease, update);
            arrived(batch, update);
            listener.ordered(orders);
            return true;
        } catch (RegistryRefused e) {
            if (e.problem().status() >= 500) {
                return false;
            }
            LOG.atWarn().addKeyValue("why", e.getMessage()).log("announcement refused");
            settled(batch);
            return true; // saying it again would not help; a lost lease is the heartbeat's to notice
        } catch (IOException e) {
            return false;
        }
    }

    private synchronized void arrived(Batch batch, HoldingsUpdate update) {
        if (!batch.lease.equals(lease)) {
            return;
        }
        if (update.anew()) {
            told.clear();
            checksum = 0;
        }
        update.drop().forEach(digest -> count(told.remove(digest)));
        for (var held : update.hold()) {
            long added = HoldingsChecksum.of(held.digest(), held.pieces());
            count(told.put(held.digest(), added));
            checksum ^= added;
        }
        isUnderWay = false;
    }

    private void count(@Nullable Long before) {
        checksum ^= before == null ? 0 : before;
    }

    private synchronized void settled(Batch batch) {
        if (batch.lease.equals(lease)) {
            isUnderWay = false;
        }
    }

    private synchronized void again(Batch batch) {
        if (batch.lease.equals(lease)) {
            changed.addAll(batch.digests);
            isOutOfSync |= batch.anew;
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
