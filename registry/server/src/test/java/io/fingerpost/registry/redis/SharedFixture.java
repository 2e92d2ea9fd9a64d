package io.fingerpost.registry.redis;

import io.fingerpost.contract.Sha256;
import io.fingerpost.contract.config.ByteSize;
import io.fingerpost.registry.Registry;
import io.fingerpost.registry.RegistryFixture;
import io.fingerpost.registry.health.Standings;
import io.fingerpost.registry.representation.RepresentationTable;
import java.time.InstantSource;

/** One process's part of a registry that others share, without the process. */
final class SharedFixture implements AutoCloseable {
    static final Sha256 RULES = Sha256.digestOf(new byte[] {7});
    final RepresentationTable representations = new RepresentationTable(new ByteSize(4 << 20));
    final InstantSource clock = InstantSource.system();
    final SharedRegistry shared;
    final Standings standings;
    final Registry registry;

    SharedFixture(String url) {
        this(url, 10_000);
    }

    SharedFixture(String url, int hotRepresentations) {
        shared = new SharedRegistry(RedisAddress.parse(url), representations,
                new SharedRegistry.Part(RULES, true, hotRepresentations), new byte[32], clock);
        standings = new Standings(shared.standingLog(), clock);
        registry = RegistryFixture.on(shared.store(), representations, standings, shared::ticketSecret, clock);
        shared.start(registry, standings);
    }

    RedisStore store() {
        return shared.store();
    }

    @Override
    public void close() {
        shared.close();
    }
}
