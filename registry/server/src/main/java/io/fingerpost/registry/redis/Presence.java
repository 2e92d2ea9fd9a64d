package io.fingerpost.registry.redis;

import io.fingerpost.registry.upload.Share;
import io.lettuce.core.ScriptOutputType;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Which processes share the Redis at the moment. Safe for use by many threads. */
final class Presence {
    static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final String SENDS = "b:";
    private static final String OTHER = "r:";
    /** Whoever was not heard of for so long is gone. */
    private static final Duration GONE = Duration.ofSeconds(10);
    /** By the clock of Redis, which is the same for all. */
    private static final byte[] HELLO = RedisLink.bytes("""
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            redis.call('ZADD', KEYS[1], now, ARGV[1])
            redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
            redis.call('PEXPIRE', KEYS[1], ARGV[2])
            return redis.call('ZRANGE', KEYS[1], 0, 9999)""");

    private final RedisLink link;
    private final String self;
    private final byte[] member;
    private volatile Set<String> alive = Set.of();
    private volatile Share share = Share.ALL;

    /** @param sends whether this process sends clients to peers */
    Presence(RedisLink link, String self, boolean sends) {
        this.link = link;
        this.self = self;
        this.member = RedisLink.bytes((sends ? SENDS : OTHER) + self);
    }

    /** Says that this process is there, and takes over which others are. */
    CompletionStage<Boolean> hello() {
        return link.commands().<List<byte[]>>eval(HELLO, ScriptOutputType.MULTI, new byte[][] {Keys.PROCESSES}, member,
                RedisLink.bytes(Long.toString(GONE.toMillis()))).thenApply(members -> {
                    take(members.stream().map(one -> new String(one, StandardCharsets.ISO_8859_1)).sorted().toList());
                    return true;
                });
    }

    private void take(List<String> members) {
        alive = Set.copyOf(members);
        var senders = members.stream().filter(name -> name.startsWith(SENDS)).toList();
        share = new Share(Math.max(1, senders.size()), Math.max(0, senders.indexOf(SENDS + self)));
    }

    /** Takes leave, so that others take over at once. */
    void goodbye() {
        RedisLink.await(link.commands().zrem(Keys.PROCESSES, member));
    }

    /** How many processes there are, this one included. */
    int count() {
        return Math.max(1, alive.size());
    }

    /** Whether a process with this name is there. */
    boolean isAlive(String name) {
        return name.equals(self) || alive.contains(SENDS + name) || alive.contains(OTHER + name);
    }

    /** How those that send clients to peers share these. */
    Share share() {
        return share;
    }
}
