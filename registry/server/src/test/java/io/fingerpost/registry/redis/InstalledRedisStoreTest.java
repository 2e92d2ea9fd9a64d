package io.fingerpost.registry.redis;

import io.fingerpost.testing.redis.RedisBinary;
import io.fingerpost.testing.redis.RedisProcess;
import org.junit.jupiter.api.BeforeAll;

/** The same on the distribution's Redis or Valkey, where there is one. */
class InstalledRedisStoreTest extends RedisStoreTest {
    @BeforeAll
    static void startRedis() {
        redis = RedisProcess.start(RedisBinary.installed().orElseGet(RedisBinary::bundled));
    }
}
