package io.fingerpost.registry;

import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.api.Heartbeat;
import io.fingerpost.contract.api.HoldingsUpdate;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.LeaseRenewal;
import io.fingerpost.contract.api.LeaseTerms;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.config.BitRate;
import io.fingerpost.registry.admission.EndpointProver;
import io.fingerpost.registry.enrolment.Enrolment;
import io.fingerpost.registry.health.Standings;
import io.fingerpost.registry.locality.LiveLocator;
import io.fingerpost.registry.locality.Locator;
import io.fingerpost.registry.representation.Binding;
import io.fingerpost.registry.representation.RepresentationLog;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.store.Admission;
import io.fingerpost.registry.store.Holders;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.store.RegistryStore;
import io.fingerpost.registry.upload.SwarmLoad;
import io.fingerpost.registry.upload.Uploads;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows the live peers and what they hold.
 *
 * <p>A peer is used only after its endpoint proved itself, only while its lease runs, and only what bears the lease's secret
 * changes anything of it. {@link #holders} and {@link #representations} are safe on I/O threads; the rest may wait.
 */
public final class Registry {
    private static final Logger LOG = LoggerFactory.getLogger(Registry.class);
    private static final int SECRET_BYTES = 32;
    private static final int BRING_MILLIS = 2_000;

    private final RegistryConfig config;
    private final LeaseTerms terms;
    private final BitRate maxRate;
    private final RegistryStore store;
    private final RepresentationTable representations;
    private final EndpointProver prover;
    private final Enrolment enrolment;
    private final LiveLocator locator;
    private final Standings standings;
    private final SwarmLoad load = new SwarmLoad();
    private final Supplier<byte[]> ticketSecret;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final HoldingsRoom room;
    private final Lock admitting = new ReentrantLock();

    /**
     * @param maxRate that a peer is believed to have, if the operator does not vouch for it
     * @param ticketSecret from which each peer's ticket key is derived
     */
    public Registry(RegistryConfig config, LeaseTerms terms, BitRate maxRate, RegistryStore store,
            RepresentationTable representations, EndpointProver prover, Enrolment enrolment, LiveLocator locator,
            Standings standings, Supplier<byte[]> ticketSecret, InstantSource clock) {
        this.config = config;
        this.terms = terms;
        this.maxRate = maxRate;
        this.store = store;
        this.representations = representations;
        this.prover = prover;
        this.enrolment = enrolment;
        this.locator = locator;
        this.standings = standings;
        this.ticketSecret = ticketSecret;
        this.clock = clock;
        this.room = new HoldingsRoom(config.maxHoldingsPerPeer(), store, Runtime.getRuntime().maxMemory());
    }

    public RegistryConfig config() {
        return config;
    }

    /** How leases are kept; the more peers there are, the less often each has to report. */
    public LeaseTerms terms() {
        return terms.forPeers(store.peerCount(), config.heartbeatsPerSecond());
    }

    public RepresentationTable representations() {
        return representations;
    }

    /** The peers that hold something of {@code digest}. */
    public Holders holders(Sha256 digest) {
        return store.holders(digest);
    }

    /**
     * Brings here what others know of a resource, if the store is shared: what it is, and who holds it. Done when that is at hand; soon also
     * if it cannot be brought.
     */
    public CompletableFuture<Boolean> bring(ResourceId resource) {
        return representations.lookUp(resource).thenCompose(_ -> {
            var known = representations.peek(resource);
            return known == null
                    ? RepresentationLog.NOWHERE
                    : store.bring(known.binding().representation().digest());
        }).toCompletableFuture();
    }

    /** The same, and waits for it; off the I/O threads. */
    public void bringNow(ResourceId resource) {
        bring(resource).completeOnTimeout(false, BRING_MILLIS, TimeUnit.MILLISECONDS).join();
    }

    /**
     * Charges a peer for a client that is sent to it.
     *
     * @param now milliseconds since 1970
     * @return false, and nothing is charged, if its budget has no room for {@code bytes} any more
     */
    public boolean charge(Peer peer, long bytes, long now) {
        if (!peer.uploads().take(bytes, now)) {
            return false;
        }
        load.charge(bytes, now);
        store.charged(peer, bytes);
        return true;
    }

    /** Another broker has charged a peer that is known here. */
    public void chargedElsewhere(Peer peer, long bytes) {
        long now = clock.millis(); // clocks elsewhere may differ
        peer.uploads().takeElsewhere(bytes, now);
        load.charge(bytes, now);
    }

    /** Whether a peer's lease is at hand, if there is one. */
    public boolean isAtHand(PeerId id) {
        return store.find(id).isPresent();
    }

    /** Brings a peer's lease here, if there is one that is not at hand; may wait, so off the I/O threads. */
    public void fetch(PeerId id) {
        store.fetch(id);
    }

    /** Tells what has become of a peer's state. */
    public void turned(Peer peer) {
        store.turned(peer);
    }

    /** What the peers would have had to send of late if all uplinks were used alike, in seconds; see {@link Uploads#load}. */
    public double meanLoad(long now) {
        return load.mean(store.bitsPerSecond(), now);
    }

    /** How long a peer with an average uplink would take for {@code bytes}, in seconds; 0 if there is none. */
    public double meanTime(long bytes) {
        long bitsPerSecond = store.bitsPerSecond();
        return bitsPerSecond <= 0 ? 0 : bytes * 8.0 * store.peersAtHand() / bitsPerSecond;
    }

    /**
     * Admits a peer. Clients are sent only to those of its endpoints that prove themselves; one that is known under the same key starts anew.
     *
     * @param token what the peer shows to count as a super-node
     * @param seenFrom the address that it registers from
     * @throws RequestRejected if the token is wrong, the registry is full, or its endpoints are refused or somebody else's
     */
    public LeaseGrant register(Registration registration, Optional<String> token, InetAddress seenFrom) {
        var account = enrolment.enrol(token, seenFrom);
        PeerId id = registration.key().peerId();
        requireRoom(id);
        String secret = newSecret();
        var proofs = prover.proveAll(registration, enrolment.sharesLan());
        var refusal = proofs.refusal();
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        var reachability = proofs.reachability();
        Instant now = clock.instant();
        var admission = new Admission(registration, account.superNode(), account.name(), hash(secret), seenFrom,
                proofs.routes(), now);
        Locator located = locator.current();
        Peer peer = peer(id, admission, reachability, located);
        store.fetch(id); // it may be known elsewhere
        admitting.lock(); // what is looked at must still be so when the peer is in
        try {
            requireRoom(id);
            enrolment.requireRoom(account, admission.addresses(), store.census(), store.find(id).map(Peer::admission));
            requireNobodyElse(peer);
            standings.receive(peer);
            store.admit(peer);
        } finally {
            admitting.unlock();
        }
        if (locator.current() != located) {
            relocate(); // it may have come too late for the look at all peers that follows a change
        }
        LOG.atInfo().addKeyValue("peer", id).addKeyValue("account", account.name())
                .addKeyValue("superNode", account.superNode()).addKeyValue("reachable", reachability.reachable())
                .log("peer registered");
        return new LeaseGrant(id, secret, peer.ticketKey(), account.superNode(), terms(), now, peer.reachability());
    }

    /** Only the endpoint's proof shows that it is the key's owner who registers: without it, whoever has the lease keeps it. */
    private void requireNobodyElse(Peer peer) {
        if (!peer.admission().isProved()
                && store.find(peer.id()).filter(known -> known.isLive(clock.instant())).isPresent()) {
            throw new RequestRejected(429, "lease-held",
                    "this key has a lease, and the endpoint does not prove that it is the same peer's: "
                            + peer.reachability().tried(),
                    terms().ttl());
        }
    }

    private Peer peer(PeerId id, Admission admission, Reachability reachability, Locator located) {
        Registration registration = admission.registration();
        var budget = admission.superNode() ? registration.budget() : registration.budget().withRateUpTo(maxRate);
        var uploads = new Uploads(budget, admission.at().toEpochMilli(), store.share());
        uploads.report(registration.uploads(), admission.at().toEpochMilli());
        return new Peer(id, admission, ticketKey(id, admission), located.locate(admission.address()), uploads,
                admission.at().plus(terms().ttl()), reachability);
    }

    /** The same for each lease, so that tickets outlive restarts; but one that proves nothing may be anybody's, and gets a key for itself. */
    private TicketKey ticketKey(PeerId id, Admission admission) {
        if (admission.isProved()) {
            return TicketKey.derive(ticketSecret.get(), id);
        }
        var ofLease = Sha256.newDigest();
        ofLease.update(ticketSecret.get());
        ofLease.update(admission.secretHash().bytes());
        return TicketKey.derive(ofLease.digest(), id);
    }

    /** A peer that was admitted before a restart; its lease begins now. */
    public Peer restored(PeerId id, Admission admission) {
        return peer(id, admission, reachabilityBefore(admission), locator.current());
    }

    private static Reachability reachabilityBefore(Admission admission) {
        String tried = "not all of your endpoints proved themselves when you registered";
        return admission.routes().size() == admission.registration().endpoints().size()
                ? Reachability.YES
                : admission.isProved()
                        ? Reachability.partly(tried, "wait until they are tried again")
                        : Reachability.no(tried, "wait until they are tried again");
    }

    /** When leases that are granted now run out. */
    public Instant leaseEnd() {
        return clock.instant().plus(terms().ttl());
    }

    private void requireRoom(PeerId id) {
        if (store.peerCount() >= config.maxPeers() && store.find(id).isEmpty()) {
            throw new RequestRejected(429, "registry-full",
                    "this registry has its limit of " + config.maxPeers() + " peers");
        }
    }

    /**
     * Extends a lease by the ttl from now. In memory, without waiting for anything but other writers.
     *
     * @param heartbeat by which the estimate of what the peer sends is corrected
     */
    public LeaseRenewal heartbeat(PeerId id, String secret, Heartbeat heartbeat) {
        Peer peer = leased(id, secret);
        Instant now = clock.instant();
        peer.uploads().report(heartbeat.uploads(), now.toEpochMilli());
        store.reported(peer, heartbeat.uploads(), now.toEpochMilli());
        LeaseTerms terms = terms();
        if (!store.renew(id, now.plus(terms.ttl()))) {
            throw leaseLost();
        }
        boolean inSync = heartbeat.holdings().map(said -> store.isInSync(id, said)).orElse(true);
        return new LeaseRenewal(terms, now, peer.reachability(), inSync);
    }

    /** Takes in what a peer holds and what no longer; nothing of it if that would be too much. */
    public void update(PeerId id, String secret, HoldingsUpdate update) {
        Peer peer = leased(id, secret);
        synchronized (peer) { // one after the other, so that there is still room when it is taken
            room.require(peer, update);
            if (!store.update(peer, update)) {
                throw leaseLost();
            }
        }
    }

    /** Ends a lease at its owner's wish. */
    public void goodbye(PeerId id, String secret) {
        if (!store.remove(leased(id, secret))) {
            throw leaseLost();
        }
        LOG.atInfo().addKeyValue("peer", id).log("peer said goodbye");
    }

    /** The peer whose lease runs under the secret. */
    public Peer leased(PeerId id, String secret) {
        Peer peer = store.find(id).filter(known -> known.isLive(clock.instant())).orElseThrow(Registry::leaseLost);
        if (!MessageDigest.isEqual(peer.admission().secretHash().bytes(), hash(secret).bytes())) {
            throw new RequestRejected(401, "secret-wrong", "this is not the secret of that peer's lease");
        }
        return peer;
    }

    private static RequestRejected leaseLost() {
        return new RequestRejected(404, "lease-unknown", "no such lease (any more); register again");
    }

    /**
     * What is known of a digest.
     *
     * @param resource whose header fields are wanted: others may have the same bytes
     * @throws RequestRejected if nothing is, not even its pieces, or the resource is something else now
     */
    public Representation representation(Sha256 digest, Optional<ResourceId> resource) {
        resource.ifPresent(this::bringNow);
        var known = resource.isEmpty()
                ? representations.find(digest)
                : resource.flatMap(representations::lookup).map(Binding::representation)
                        .filter(named -> named.digest().equals(digest));
        return known.filter(Representation::hasPieces).orElseThrow(
                () -> new RequestRejected(404, "representation-unknown", "no resource is known with this digest"));
    }

    /** Whether peers that only their own network reaches may serve that network. */
    public boolean sharesLan() {
        return enrolment.sharesLan();
    }

    /** Removes peers whose leases ran out; returns how long to wait before the next time. */
    public Duration sweep() {
        int removed = store.removeExpired(clock.instant());
        if (removed > 0) {
            LOG.atInfo().addKeyValue("peers", removed).log("leases ran out");
        }
        return terms().heartbeat();
    }

    /** Ends a peer's lease, so that its agent registers anew; unless it already has. */
    public void evict(Peer peer, String why) {
        if (store.remove(peer)) {
            LOG.atInfo().addKeyValue("peer", peer).addKeyValue("why", why)
                    .log("lease ended, the agent has to register anew");
        }
    }

    /** Whether the peer's lease is still the one that it was admitted with, as far as is known here. */
    @SuppressWarnings("ReferenceEquality") // another lease is another peer
    public boolean isKnown(Peer peer) {
        return store.find(peer.id()).filter(known -> known == peer).isPresent();
    }

    /** Takes a digest off what a peer holds, which its agent notices by the next heartbeat's checksum. */
    public void withdraw(Peer peer, Sha256 digest) {
        store.update(peer, new HoldingsUpdate(List.of(), List.of(digest)));
    }

    /** Shows every peer; off the I/O threads. */
    public void forEachPeer(Consumer<Peer> consumer) {
        store.forEachPeer(consumer);
    }

    /** Something that the peer holds, by chance. */
    public Optional<Sha256> drawHolding(Peer peer, RandomGenerator random) {
        return store.drawHolding(peer.id(), random);
    }

    /** Finds out again where all peers are; takes a look at each. */
    public void relocate() {
        store.relocate(locator::locate);
    }

    public int peerCount() {
        return store.peerCount();
    }

    /** How many peers are in a state; takes a look at each. */
    public int peerCount(Peer.State state) {
        var count = new LongAdder();
        store.forEachPeer(peer -> count.add(peer.state() == state ? 1 : 0));
        return count.intValue();
    }

    public long holdingCount() {
        return store.holdingCount();
    }

    private String newSecret() {
        var secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }

    private static Sha256 hash(String secret) {
        return Sha256.digestOf(secret.getBytes(StandardCharsets.UTF_8));
    }
}
