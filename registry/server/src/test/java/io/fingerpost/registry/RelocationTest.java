package io.fingerpost.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.registry.admission.AddressPolicy;
import io.fingerpost.registry.admission.EndpointDialler;
import io.fingerpost.registry.admission.EndpointProver;
import io.fingerpost.registry.admission.ProvingServer;
import io.fingerpost.registry.enrolment.Enrolment;
import io.fingerpost.registry.health.Standings;
import io.fingerpost.registry.locality.LiveLocator;
import io.fingerpost.registry.locality.LocalityConfig;
import io.fingerpost.registry.locality.Locator;
import io.fingerpost.registry.representation.RepresentationTable;
import io.fingerpost.registry.store.MemoryStore;
import io.fingerpost.registry.store.RegistryStore;
import io.fingerpost.testing.TestPeer;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** What the operator says of places changes while peers register. */
class RelocationTest {
    private final LiveLocator places = new LiveLocator(byPrefix(32));
    private final MemoryStore store = new MemoryStore();
    private final AtomicReference<Runnable> beforeAdmission = new AtomicReference<>(() -> {});
    private final Registry registry = new Registry(RegistryFixture.config(Optional.empty()), RegistryFixture.TERMS,
            RegistryFixture.MAX_RATE, interruptible(), new RepresentationTable(new ByteSize(1 << 20)),
            new EndpointProver(
                    new EndpointDialler(new AddressPolicy(List.of("127.0.0.0/8")), Duration.ofSeconds(5))),
            new Enrolment(RegistryFixture.ENROLMENT, Optional.empty()), places,
            Standings.inMemory(InstantSource.fixed(RegistryFixture.NOW)), () -> new byte[32],
            InstantSource.fixed(RegistryFixture.NOW));
    private final TestPeer anna = new TestPeer();

    private static Locator byPrefix(int ipv4) {
        return Locator.load(new LocalityConfig(List.of(), ipv4, 64, Optional.empty(), Optional.empty()));
    }

    /** The store, where something may happen before a peer gets into it. */
    private RegistryStore interruptible() {
        return (RegistryStore) Proxy.newProxyInstance(RegistryStore.class.getClassLoader(),
                new Class<?>[] {RegistryStore.class}, (_, method, arguments) -> {
                    if (method.getName().equals("admit")) {
                        beforeAdmission.get().run();
                    }
                    return method.invoke(store, arguments);
                });
    }

    @Test
    void aPeerThatIsJustBeingAdmittedIsNotLeftAtItsOldPlace() {
        var next = byPrefix(8);
        beforeAdmission.set(() -> {
            places.replace(next);
            registry.relocate(); // which does not see the new one
        });

        try (var server = ProvingServer.of(anna)) {
            registry.register(anna.registration(server.endpoint()), Optional.empty(), InetAddress.getLoopbackAddress());
        }

        var peer = store.find(anna.id()).orElseThrow();
        assertThat(peer.place()).isEqualTo(next.locate(InetAddress.ofLiteral("127.0.0.1")));
    }
}
