package io.fingerpost.registry;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PieceHashes;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.api.LeaseGrant;
import io.fingerpost.contract.api.LeaseTerms;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.contract.api.Registration;
import io.fingerpost.contract.config.BitRate;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.registry.admission.AddressPolicy;
import io.fingerpost.registry.admission.EndpointDialler;
import io.fingerpost.registry.admission.EndpointProver;
import io.fingerpost.registry.admission.ProvingServer;
import io.fingerpost.registry.enrolment.Enrolment;
import io.fingerpost.registry.enrolment.EnrolmentConfig;
import io.fingerpost.registry.health.HealthMeters;
import io.fingerpost.registry.health.Reports;
import io.fingerpost.registry.health.Standings;
import io.fingerpost.registry.health.Suspicions;
import io.fingerpost.registry.locality.LiveLocator;
import io.fingerpost.registry.locality.LocalityConfig;
import io.fingerpost.registry.locality.Locator;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.store.Admission;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.store.RegistryStore;
import io.fingerpost.registry.swarm.RecordedSwarmMeters;
import io.fingerpost.registry.swarm.SwarmConfig;
import io.fingerpost.registry.swarm.Swarms;
import io.fingerpost.testing.MutableClock;
import io.fingerpost.testing.TestPeer;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** A registry for tests: small limits, a clock that stands still, and peers on loopback. */
public final class RegistryFixture {
    public static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    public static final LeaseTerms TERMS = new LeaseTerms(Duration.ofSeconds(30), Duration.ofSeconds(10));
    public static final String SUPER_NODE_TOKEN = "operators-t0ken";
    public static final EnrolmentConfig ENROLMENT = new EnrolmentConfig(EnrolmentConfig.Mode.OPEN, List.of(), false,
            100, 100,
            1_000_000);
    public static final BitRate MAX_RATE = BitRate.parse("100Mbit/s");
    public static final int MAX_PEERS = 3;
    public static final int MAX_HOLDINGS = 4;

    public final MutableClock clock = new MutableClock(NOW);
    public final MemoryStore store = new MemoryStore();
    public final RepresentationTable representations = new RepresentationTable(new ByteSize(4 << 20));
    public final Registry registry;
    public final Suspicions suspicions = new Suspicions();
    public final Reports reports;
    public final RecordedSwarmMeters swarmMeters = new RecordedSwarmMeters();
    public final Swarms swarms;

    public RegistryFixture() {
        registry = on(store, representations, Standings.inMemory(clock), () -> new byte[32], clock);
        swarms = new Swarms(registry, new SwarmConfig(4, 8), (_, size) -> size > 1, swarmMeters,
                new SplittableRandom(1), clock);
        reports = new Reports(registry, suspicions, HealthMeters.NONE, clock);
    }

    /** A registry with these limits, on any store. */
    public static Registry on(RegistryStore store, RepresentationTable representations, Standings standings,
            Supplier<byte[]> ticketSecret, InstantSource clock) {
        var config = config(Optional.of(SUPER_NODE_TOKEN));
        var prover = new EndpointProver(
                new EndpointDialler(new AddressPolicy(config.allowPeers()), config.proofTimeout()));
        return new Registry(config, TERMS, MAX_RATE, store, representations, prover,
                new Enrolment(ENROLMENT, config.superNodeTokenHash()),
                new LiveLocator(
                        Locator.load(new LocalityConfig(List.of(), 32, 64, Optional.empty(), Optional.empty()))),
                standings, ticketSecret, clock);
    }

    static RegistryConfig config(Optional<String> superNodeToken) {
        return new RegistryConfig(List.of("127.0.0.0/8"), superNodeToken, Duration.ofSeconds(5), MAX_PEERS,
                5_000, MAX_HOLDINGS,
                Duration.ofMinutes(1), new ByteSize(1 << 20), Duration.ofSeconds(60), 50,
                StoreLocation.MEMORY, 1_000, List.of());
    }

    /** Registers {@code peer} under an endpoint that proves itself, and is gone afterwards. */
    public LeaseGrant register(TestPeer peer, Optional<String> token) {
        try (var server = ProvingServer.of(peer)) {
            return registry.register(peer.registration(server.endpoint()), token, InetAddress.getLoopbackAddress());
        }
    }

    /** The same peer under another lease. */
    public static Peer again(Peer peer) {
        var before = peer.admission();
        var admission = new Admission(before.registration(), before.superNode(), before.account(),
                Sha256.digestOf(before.secretHash().bytes()), before.seenFrom(), before.routes(), before.at());
        return new Peer(peer.id(), admission, peer.ticketKey(), peer.place(), peer.uploads(), peer.leaseUntil(),
                Reachability.YES);
    }

    public LeaseGrant register(TestPeer peer) {
        return register(peer, Optional.empty());
    }

    public PeerEndpoint endpointOf(LeaseGrant lease) {
        return store.find(lease.peerId()).orElseThrow().endpoint();
    }

    public static Sha256 digest(int number) {
        return Sha256.digestOf(new byte[] {(byte) number});
    }

    /** Something of {@code size} bytes, whose hashes are made up. */
    public static Representation representation(long size) {
        int count = new PieceLayout(size).count();
        return new Representation(digest(1), size,
                new ReplayedHeaders(Map.of("ETag", "\"v1\"", "Content-Type", "text/plain")),
                PieceHashes.of(Collections.nCopies(count, digest(1))));
    }
}
