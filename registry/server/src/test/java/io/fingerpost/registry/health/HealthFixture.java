package io.fingerpost.registry.health;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.PeerId;
import io.fingerpost.contract.PieceHashes;
import io.fingerpost.contract.PieceLayout;
import io.fingerpost.contract.PieceSet;
import io.fingerpost.contract.ReplayedHeaders;
import io.fingerpost.contract.Representation;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.LeaseTerms;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.RegistryConfig;
import io.fingerpost.registry.RegistryFixture;
import io.fingerpost.registry.StoreLocation;
import io.fingerpost.registry.TestAdmissions;
import io.fingerpost.registry.admission.AddressPolicy;
import io.fingerpost.registry.admission.EndpointDialler;
import io.fingerpost.registry.admission.EndpointProver;
import io.fingerpost.registry.admission.Route;
import io.fingerpost.registry.enrolment.Enrolment;
import io.fingerpost.registry.health.Health.Clinic;
import io.fingerpost.registry.locality.LiveLocator;
import io.fingerpost.registry.locality.LocalityConfig;
import io.fingerpost.registry.locality.Locator;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.representation.ResourceId;
import io.fingerpost.registry.store.Admission;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.upload.Uploads;
import io.fingerpost.testing.MutableClock;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Health with a clock that stands still and peers that answer probes as a test says, at once. */
final class HealthFixture implements Probes, HealthMeters {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final Outcome GONE = new Outcome.Unreachable("tried it: refused", "open the port", false);
    private static final UploadBudget BUDGET = new UploadBudget(1_000_000, 4, 0);
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("127.0.0.1");
    private static final AtomicInteger NEXT = new AtomicInteger();

    final MutableClock clock = new MutableClock(NOW);
    final MemoryStore store = new MemoryStore();
    final RepresentationTable representations = new RepresentationTable(new ByteSize(1 << 20));
    final Map<PeerId, Standing> kept = new HashMap<>();
    final Standings standings = new Standings(kept::put, clock);
    final Suspicions suspicions = new Suspicions();
    final Panic panic = new Panic();
    final Registry registry;
    final Reports reports;
    final Health health;
    /** How each peer takes probes; those that are not in it are well. */
    final Map<PeerId, Outcome> proofs = new HashMap<>();
    final Map<PeerId, Outcome> fetches = new HashMap<>();
    final List<PeerId> proved = new ArrayList<>();
    final List<PeerId> fetched = new ArrayList<>();
    final Map<ReportOutcome, Integer> reported = new EnumMap<>(ReportOutcome.class);
    int quarantines;

    HealthFixture() {
        var config = new RegistryConfig(List.of(), Optional.empty(), Duration.ofSeconds(1), 100_000, 100_000,
                100, Duration.ofMinutes(5), new ByteSize(1), Duration.ofMinutes(1), 50,
                StoreLocation.MEMORY, 1_000, List.of());
        registry = new Registry(config, new LeaseTerms(Duration.ofSeconds(30), Duration.ofSeconds(10)),
                RegistryFixture.MAX_RATE, store, representations,
                new EndpointProver(new EndpointDialler(new AddressPolicy(List.of()), Duration.ofSeconds(1))),
                new Enrolment(RegistryFixture.ENROLMENT, Optional.empty()),
                new LiveLocator(
                        Locator.load(new LocalityConfig(List.of(), 32, 64, Optional.empty(), Optional.empty()))),
                standings, () -> new byte[32], clock);
        reports = new Reports(registry, suspicions, this, clock);
        health = new Health(registry, new Clinic(this, standings, suspicions, reports, panic, this), new Random(1),
                Runnable::run, clock);
    }

    @Override
    public Outcome prove(Peer peer) {
        proved.add(peer.id());
        return proofs.getOrDefault(peer.id(), new Outcome.Proved(peer.state() == Peer.State.UNPROVED));
    }

    @Override
    public Outcome fetch(Peer peer, Representation representation, int piece) {
        fetched.add(peer.id());
        return fetches.getOrDefault(peer.id(), proofs.getOrDefault(peer.id(), new Outcome.Genuine()));
    }

    @Override
    public void countProbe(Outcome outcome) {}

    @Override
    public void countReport(ReportOutcome outcome) {
        reported.merge(outcome, 1, Integer::sum);
    }

    @Override
    public void countQuarantine() {
        quarantines++;
    }

    /** Someone with an endpoint and a key of its own, whose lease lasts for years. */
    static Peer somePeer() {
        return peer(NEXT.incrementAndGet(), NEXT.get());
    }

    static Peer peer(int key, int place) {
        return peer(key, place, List.of(ADDRESS));
    }

    static Peer peer(int key, int place, List<InetAddress> addresses) {
        var id = new PeerId(Sha256.digestOf(new byte[] {(byte) (key >> 8), (byte) key}).base64Url());
        var endpoint = new PeerEndpoint("http", "peer-" + place + ".example", 8080);
        Admission admission = TestAdmissions.of(endpoint, false, addresses, BUDGET);
        return new Peer(id, admission, TicketKey.derive(new byte[32], id), new Place(0, 7, 0, 0),
                new Uploads(BUDGET, NOW.toEpochMilli()), NOW.plus(Duration.ofDays(10_000)),
                addresses.isEmpty() ? Reachability.no("tried", "advice") : Reachability.YES);
    }

    /** Somebody who is reached by several ways. */
    static Peer peerOfRoutes(int count) {
        Peer plain = somePeer();
        var routes = IntStream.range(0, count).mapToObj(i -> new Route(
                new PeerEndpoint("http", "way-" + i + "." + plain.endpoint().host(), 8080), List.of(ADDRESS))).toList();
        return new Peer(plain.id(), TestAdmissions.of(routes, false, BUDGET), plain.ticketKey(), plain.place(),
                new Uploads(BUDGET, NOW.toEpochMilli()), plain.leaseUntil(), Reachability.YES);
    }

    Peer admitted() {
        return admitted(somePeer());
    }

    Peer admitted(Peer peer) {
        standings.receive(peer);
        store.admit(peer);
        return peer;
    }

    /** Something that is known, of two pieces and one byte. */
    Representation known(int number) {
        return known(number, 2 * PieceLayout.MIN_PIECE + 1);
    }

    Representation known(int number, long size) {
        var hashes = IntStream.rangeClosed(1, new PieceLayout(size).count()).mapToObj(i -> digest(number, i)).toList();
        var representation = new Representation(digest(number, 0), size, new ReplayedHeaders(Map.of()),
                PieceHashes.of(hashes));
        representations.learn(new ResourceId("/" + number), representation, NOW.plusSeconds(3600));
        return representation;
    }

    private static Sha256 digest(int number, int piece) {
        return Sha256.digestOf(new byte[] {(byte) number, (byte) piece, 7});
    }

    void hold(Peer peer, Representation representation) {
        store.hold(peer.id(), representation.digest(), PieceSet.all(representation.layout().count()));
    }

    /** Lets time pass, in which health ticks each second. */
    void pass(Duration time) {
        for (long i = 0; i < time.toSeconds(); i++) {
            clock.advance(Duration.ofSeconds(1));
            health.tick();
        }
    }
}
