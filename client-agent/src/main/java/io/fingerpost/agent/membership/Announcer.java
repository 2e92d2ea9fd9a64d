package io.fingerpost.agent.membership;

import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.agent.store.StoreListener;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.HoldingsUpdate.Held;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.client.RegistryRefused;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the registry what changed in the store, at once and in batches. It remembers only which digests changed and looks up
 * how they stand when it speaks, so the order of changes cannot matter; what did not arrive is told again.
 */
final class Announcer implements StoreListener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final RegistryClient registry;
    private final BlobStore store;
    private final Thread thread = Thread.ofVirtual().name("announcer").unstarted(this::run);
    /** Guarded by this, as the lease is. */
    private final Set<Sha256> changed = new LinkedHashSet<>();
    private @Nullable LeaseGrant lease;

    Announcer(RegistryClient registry, BlobStore store) {
        this.registry = registry;
        this.store = store;
    }

    void start() {
        thread.start();
    }

    /** A new lease starts with no holdings: all of them are told. */
    synchronized void leaseGranted(LeaseGrant granted) {
        lease = granted;
        announceAll();
    }

    synchronized void leaseLost() {
        lease = null;
        changed.clear();
    }

    synchronized void announceAll() {
        store.holdings().forEach(held -> changed.add(held.digest()));
        notifyAll();
    }

    @Override
    public synchronized void changed(Sha256 digest) {
        if (lease != null) {
            changed.add(digest);
            notifyAll();
        }
    }

    /** Some changes to tell, under the lease they are to be told with. */
    private record Batch(LeaseGrant lease, List<Sha256> digests) {}

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
        while (lease == null || changed.isEmpty()) {
            wait();
        }
        var digests = changed.stream().limit(HoldingsUpdate.MAX_ENTRIES).toList();
        digests.forEach(changed::remove);
        return new Batch(lease, digests);
    }

    /** Whether this is settled; if not, it has to be told again. */
    private boolean tell(Batch batch) {
        var hold = new ArrayList<Held>();
        var drop = new ArrayList<Sha256>();
        for (Sha256 digest : batch.digests) {
            store.held(digest).ifPresentOrElse(hold::add, () -> drop.add(digest));
        }
        try {
            registry.announce(batch.lease, new HoldingsUpdate(hold, drop));
            return true;
        } catch (RegistryRefused e) {
            if (e.problem().status() >= 500) {
                return false;
            }
            LOG.atWarn().addKeyValue("why", e.getMessage()).log("announcement refused");
            return true; // saying it again would not help; a lost lease is the heartbeat's to notice
        } catch (IOException e) {
            return false;
        }
    }

    private synchronized void again(Batch batch) {
        if (batch.lease.equals(lease)) {
            changed.addAll(batch.digests);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
