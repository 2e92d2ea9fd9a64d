package io.fingerpost.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fingerpost.contract.PeerEndpoint;
import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.TicketKey;
import io.fingerpost.contract.UploadBudget;
import io.fingerpost.contract.api.LeaseTerms;
import io.fingerpost.contract.api.Reachability;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.registry.admission.AddressPolicy;
import io.fingerpost.registry.admission.EndpointDialler;
import io.fingerpost.registry.admission.EndpointProver;
import io.fingerpost.registry.admission.Reach;
import io.fingerpost.registry.enrolment.Enrolment;
import io.fingerpost.registry.health.Standings;
import io.fingerpost.registry.locality.LiveLocator;
import io.fingerpost.registry.locality.LocalityConfig;
import io.fingerpost.registry.locality.Locator;
import io.fingerpost.registry.locality.Place;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.Peer;
import io.fingerpost.registry.upload.Uploads;
import io.fingerpost.testing.TestPeer;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LeaseSweeperTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final LeaseTerms TERMS = new LeaseTerms(Duration.ofSeconds(1), Duration.ofMillis(5));

    private final MemoryStore store = new MemoryStore();
    private final AtomicInteger looks = new AtomicInteger();

    private Registry registry(InstantSource clock) {
        return new Registry(RegistryFixture.config(Optional.empty()), TERMS, RegistryFixture.MAX_RATE, store,
                new RepresentationTable(new ByteSize(1)),
                new EndpointProver(new EndpointDialler(new AddressPolicy(List.of()), Duration.ofSeconds(1))),
                new Enrolment(RegistryFixture.ENROLMENT, Optional.empty()),
                new LiveLocator(
                        Locator.load(new LocalityConfig(List.of(), 32, 64, Optional.empty(), Optional.empty()))),
                Standings.inMemory(clock), () -> new byte[32], clock);
    }

    private void admitUntil(Instant end) {
        var id = new TestPeer().id();
        var budget = new UploadBudget(1_000_000, 1, 0);
        store.admit(new Peer(id,
                TestAdmissions.of(new PeerEndpoint("http", "192.0.2.7", 8080), false, Reach.IPV4, budget),
                TicketKey.derive(new byte[32], id), new Place(0, 7, 0, 0), new Uploads(budget, 0), end,
                Reachability.YES));
    }

    @Test
    void sweepsAgainAndAgain() {
        try (var sweeper = new LeaseSweeper(registry(() -> NOW.plusMillis(looks.incrementAndGet())))) {
            admitUntil(NOW.plusMillis(1));
            admitUntil(NOW.plusMillis(3));
            admitUntil(NOW.plusSeconds(3600));

            sweeper.start();

            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(store.peerCount()).isOne());
        }
    }

    @Test
    void goesOnAfterAFailure() {
        InstantSource clock = () -> {
            if (looks.incrementAndGet() == 1) {
                throw new IllegalStateException("planted");
            }
            return NOW;
        };
        try (var sweeper = new LeaseSweeper(registry(clock))) {
            admitUntil(NOW);

            sweeper.start();

            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(store.peerCount()).isZero());
            assertThat(looks).hasValueGreaterThan(1);
        }
    }

    @Test
    void endsWhenItIsClosed() {
        var sweeper = new LeaseSweeper(registry(() -> NOW.plusMillis(looks.incrementAndGet())));
        sweeper.start();
        await().atMost(Duration.ofSeconds(10)).until(() -> looks.get() > 1);

        sweeper.close();

        var seen = new AtomicInteger(-1);
        await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(50)) // ten heartbeats
                .until(() -> seen.getAndSet(looks.get()) == looks.get());
    }
}
