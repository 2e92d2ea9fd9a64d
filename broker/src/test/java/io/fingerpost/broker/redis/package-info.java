/** Brokers and registries on one Redis, while that fails in many ways. */
@NullMarked
package io.fingerpost.broker.redis;

import org.jspecify.annotations.NullMarked;
