package io.fingerpost.registry.redis;

import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.store.Holders;
import io.fingerpost.registry.store.RegistryStore;
import io.fingerpost.registry.store.RegistryStoreContract;
import io.fingerpost.testing.redis.RedisProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The store that all others are measured by, on a real Redis. */
class RedisStoreTest extends RegistryStoreContract {
    private static RedisProcess redis;
    private SharedFixture fixture;

    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @Override
    protected RegistryStore emptyStore() {
        redis.kill();
        redis.startAgain();
        fixture = new SharedFixture(redis.url());
        return fixture.store();
    }

    @Override
    protected Holders holders(RegistryStore store, Sha256 digest) {
        fixture.store().bring(digest).join();
        return store.holders(digest);
    }

    @Override
    protected int repetitions() {
        return 1_000;
    }

    @AfterEach
    void close() {
        fixture.close();
    }
}
