package io.fingerpost.registry.redis;

import io.fingerpost.contract.Sha256;
import io.fingerpost.registry.store.Holders;
import io.fingerpost.registry.store.RegistryStore;
import io.fingerpost.registry.store.RegistryStoreContract;
import io.fingerpost.testing.redis.RedisProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** On the Redis that comes with the build; all that is asked of it is there in Redis 6.2. */
class RedisStoreTest extends RegistryStoreContract {
    static RedisProcess redis;
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
