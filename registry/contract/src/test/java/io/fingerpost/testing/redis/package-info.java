/** Real Redis servers on loopback for tests, each in a process of its own: one, a master with sentinels, a cluster. Begin with RedisProcess. */
@NullMarked
package io.fingerpost.testing.redis;

import org.jspecify.annotations.NullMarked;
