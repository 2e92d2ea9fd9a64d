package io.fingerpost.broker;

import io.fingerpost.contract.api.LeaseTerms;
import io.fingerpost.contract.config.BitRate;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.RegistryConfig;
import io.fingerpost.registry.StoreLocation;
import io.fingerpost.registry.admission.AddressPolicy;
import io.fingerpost.registry.admission.EndpointDialler;
import io.fingerpost.registry.admission.EndpointProver;
import io.fingerpost.registry.enrolment.Enrolment;
import io.fingerpost.registry.enrolment.EnrolmentConfig;
import io.fingerpost.registry.health.Standings;
import io.fingerpost.registry.locality.LiveLocator;
import io.fingerpost.registry.locality.LocalityConfig;
import io.fingerpost.registry.locality.Locator;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.store.MemoryStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** A registry over a store that a test fills by itself; it knows no sites and no databases. */
public final class TestRegistry {
    private TestRegistry() {}

    public static LiveLocator locator() {
        return new LiveLocator(Locator.load(new LocalityConfig(List.of(), 32, 64, Optional.empty(), Optional.empty())));
    }

    private static Enrolment enrolment() {
        return new Enrolment(
                new EnrolmentConfig(EnrolmentConfig.Mode.OPEN, List.of(), true, 1_000_000, 1_000_000, 1_000_000),
                Optional.empty());
    }

    public static Registry of(MemoryStore store, RepresentationTable table, InstantSource clock) {
        return new Registry(
                new RegistryConfig(List.of(), Optional.empty(), Duration.ofSeconds(1), 1_000_000, 5_000, 1_000_000,
                        Duration.ofMinutes(5), ByteSize.parse("1MiB"), Duration.ofMinutes(1), 50,
                        StoreLocation.MEMORY, 1_000, List.of()),
                new LeaseTerms(Duration.ofSeconds(30), Duration.ofSeconds(10)), BitRate.parse("1Gbit/s"), store, table,
                new EndpointProver(new EndpointDialler(new AddressPolicy(List.of()), Duration.ofSeconds(1))),
                enrolment(), locator(), Standings.inMemory(clock), () -> new byte[32], clock);
    }
}
