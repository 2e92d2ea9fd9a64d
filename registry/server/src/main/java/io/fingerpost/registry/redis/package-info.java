/**
 * Many registries and brokers on one Redis, Redis Cluster or Valkey: what is shared there, and what of it each process keeps at
 * hand. Everything that is written goes there first; every decision is made from memory.
 */
@NullMarked
package io.fingerpost.registry.redis;

import org.jspecify.annotations.NullMarked;
