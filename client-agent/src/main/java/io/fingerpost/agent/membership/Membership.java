package io.fingerpost.agent.membership;

import io.fingerpost.agent.store.BlobStore;
import io.fingerpost.contract.PeerKey;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey.Verdict;
import io.fingerpost.contract.api.Heartbeat;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.LeaseTerms;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.api.UploadReport;
import io.fingerpost.contract.client.RegistryClient;
import io.fingerpost.contract.client.RegistryRefused;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this agent registered for as long as it runs: one virtual thread registers, renews, and registers again when the
 * lease was lost, whatever the reason.
 */
public final class Membership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LAST_RETRY = Duration.ofSeconds(30);

    private final RegistryClient registry;
    private final Supplier<Offer> offer;
    private final Optional<String> token;
    private final BlobStore store;
    private final Supplier<UploadReport> report;
    private final LeaseListener listener;
    private final Runnable onRegistered;
    private final Announcer announcer;
    private final Thread thread = Thread.ofVirtual().name("membership").unstarted(this::run);
    private volatile Registration registration;
    private volatile boolean isClosed;
    /** Empty without a lease. */
    private final AtomicReference<@Nullable ActiveLease> lease = new AtomicReference<>();
    private volatile String trouble = "not registered yet";
    private volatile Reachability reachability = Reachability.YES;

    /**
     * @param offer what this agent offers at the moment; it registers again when that changes
     * @param report what it sends at the moment
     * @param listener told of leases and orders
     * @param onRegistered runs whenever a lease was granted
     */
    public Membership(RegistryClient registry, PeerKey key, Supplier<Offer> offer, Optional<String> token,
            BlobStore store, Supplier<UploadReport> report, LeaseListener listener, Runnable onRegistered) {
        this.registry = registry;
        this.offer = offer;
        this.registration = registration(key, offer.get(), report.get());
        this.token = token;
        this.store = store;
        this.report = report;
        this.onRegistered = onRegistered;
        this.listener = listener;
        this.announcer = new Announcer(registry, store, listener);
    }

    private static Registration registration(PeerKey key, Offer offer, UploadReport report) {
        return Registration.fresh(key, offer.endpoints(), offer.budget(), report);
    }

    public void start() {
        store.listen(announcer);
        announcer.start();
        thread.start();
    }

    /** What this agent registers with now: its endpoint proves itself for this alone. */
    public Registration registration() {
        return registration;
    }

    /** What a ticket is worth to this agent now; without a lease, nothing. */
    public Verdict check(String ticket, Sha256 digest) {
        var current = lease.get();
        return current == null ? Verdict.FORGED : current.check(ticket, digest);
    }

    /** Why this agent is not registered; empty if it is. */
    public Optional<String> trouble() {
        return lease.get() == null ? Optional.of(trouble) : Optional.empty();
    }

    /** Whether clients are sent here, as far as the registry has said. */
    public Reachability reachability() {
        return reachability;
    }

    private void run() {
        Duration retry = FIRST_RETRY;
        try {
            while (!Thread.currentThread().isInterrupted()) {
                try {
                    register();
                    retry = FIRST_RETRY;
                    keepLease();
                } catch (IOException e) {
                    note(e);
                    Thread.sleep(jittered(retry));
                    retry = retry.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? retry.multipliedBy(2) : LAST_RETRY;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        }
    }

    private void register() throws IOException {
        registration = registration(registration.key(), offer.get(), report.get());
        var grant = registry.register(registration, token);
        var granted = ActiveLease.granted(grant);
        lease.set(granted);
        if (isClosed && lease.compareAndSet(granted, null)) { // while the registry was asked
            sayGoodbye(grant);
            return;
        }
        listener.granted(grant);
        announcer.leaseGranted(grant);
        note(grant.reachability());
        LOG.atInfo().addKeyValue("endpoints", registration.endpoints()).addKeyValue("superNode", grant.superNode())
                .log("registered");
        onRegistered.run();
    }

    /** Renews until the lease is lost, or another one is wanted; while the registry is silent, it is asked again at the same pace. */
    private void keepLease() throws InterruptedException, IOException {
        var current = lease.get();
        if (current == null) {
            return; // closed
        }
        LeaseTerms terms = current.grant().terms();
        var before = offered();
        while (true) {
            Thread.sleep(jittered(terms.heartbeat()));
            var now = offer.get();
            // Twice, for a name server that knows only half for a moment makes no new address.
            boolean hasMoved = !now.endpoints().equals(offered().endpoints())
                    && now.endpoints().equals(before.endpoints());
            boolean hasChanged = hasMoved || !now.budget().equals(offered().budget());
            before = now;
            if (hasChanged) {
                LOG.info("what this agent offers has changed; registering again");
                giveUp(current.grant());
                return;
            }
            try {
                var told = announcer.checksum();
                var renewal = registry.heartbeat(current.grant(), new Heartbeat(report.get(), told));
                var renewed = current.renewed(renewal.now());
                if (!lease.compareAndSet(current, renewed)) {
                    return; // closed meanwhile
                }
                current = renewed;
                terms = renewal.terms();
                note(renewal.reachability());
                if (!renewal.inSync()) {
                    told.ifPresent(announcer::outOfSync);
                }
            } catch (RegistryRefused e) {
                if (e.isLeaseLost()) {
                    lease.set(null);
                    listener.lost();
                    announcer.leaseLost();
                    LOG.info("the registry does not know this lease any more; registering again");
                    return;
                }
                note(e);
            } catch (IOException e) {
                note(e);
            }
        }
    }

    /** What the registry knows. */
    private Offer offered() {
        return new Offer(registration.endpoints(), registration.budget());
    }

    /** Says goodbye first: who cannot be reached would not get a second lease beside this one. */
    private void giveUp(LeaseGrant old) {
        lease.set(null);
        trouble = "registering again, since what this agent offers has changed";
        listener.lost();
        announcer.leaseLost();
        sayGoodbye(old);
    }

    private void sayGoodbye(LeaseGrant old) {
        try {
            registry.goodbye(old);
        } catch (IOException e) {
            LOG.info("goodbye did not arrive; the lease will run out: {}", e.getMessage());
        }
    }

    /** Says what is wrong once, not at every attempt. */
    private void note(IOException e) {
        if (Thread.currentThread().isInterrupted()) {
            return; // closed
        }
        String message = String.valueOf(e.getMessage());
        String now = e instanceof RegistryRefused ? message : "the broker does not answer: " + message;
        if (!now.equals(trouble)) {
            LOG.warn("{}", now);
            trouble = now;
        }
    }

    /** Says once when clients cannot come, and when they can again. */
    private void note(Reachability now) {
        var before = reachability;
        reachability = now;
        boolean isNews = !now.equals(before);
        if (!now.reachable() && isNews) {
            LOG.warn("clients are not sent here: {}; {}", now.tried(), now.advice());
        } else if (!now.tried().isEmpty() && isNews) {
            LOG.info("clients are sent here, but not everywhere: {}; {}", now.tried(), now.advice());
        } else if (now.reachable() && !before.reachable()) {
            LOG.info("the registry reaches this agent again");
        }
    }

    /** Up to a tenth more or less, so that many agents do not come at the same moment. */
    private static Duration jittered(Duration duration) {
        return Duration.ofNanos((long) (duration.toNanos() * ThreadLocalRandom.current().nextDouble(0.9, 1.1)));
    }

    /** Says goodbye if there is a lease, so that no client is sent here any more. */
    @Override
    public void close() {
        isClosed = true;
        thread.interrupt();
        announcer.close();
        var current = lease.getAndSet(null);
        if (current != null) {
            sayGoodbye(current.grant());
        }
    }
}
