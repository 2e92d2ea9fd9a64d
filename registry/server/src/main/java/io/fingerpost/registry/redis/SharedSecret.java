package io.fingerpost.registry.redis;

import io.lettuce.core.SetArgs;
import org.jspecify.annotations.Nullable;

/** What tickets are made with: whoever comes to a Redis that has none brings his own, and all others take it over. */
final class SharedSecret {
    private final RedisLink link;
    private final byte[] own;
    private volatile byte @Nullable [] known;

    SharedSecret(RedisLink link, byte[] own) {
        this.link = link;
        this.own = own.clone();
    }

    /** Agrees with the others; waits. */
    void share() {
        byte[] before = known;
        RedisLink.await(link.commands().set(Keys.SECRET, before == null ? own : before, SetArgs.Builder.nx()));
        known = RedisLink.await(link.commands().get(Keys.SECRET));
    }

    /** @throws io.fingerpost.registry.RequestRejected 503 as long as it is not known */
    byte[] value() {
        byte[] secret = known;
        if (secret == null) {
            throw RedisLink.notKept();
        }
        return secret;
    }
}
