package io.fingerpost.registry;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.fingerpost.registry.redis.RedisAddress;
import java.util.Optional;

/**
 * Where peers, holdings and what is known of resources are kept: {@code embedded}, {@code memory}, or the address of a Redis.
 *
 * @param redis present if it is {@link Kind#REDIS}
 */
public record StoreLocation(Kind kind, Optional<RedisAddress> redis) {
    /** In memory, and in files of the data directory. */
    public static final StoreLocation EMBEDDED = new StoreLocation(Kind.EMBEDDED, Optional.empty());
    /** In memory alone: a restart begins with nothing. */
    public static final StoreLocation MEMORY = new StoreLocation(Kind.MEMORY, Optional.empty());

    /** What kind of place it is. */
    public enum Kind {
        EMBEDDED, MEMORY,
        /** Shared with other processes. */
        REDIS
    }

    @JsonCreator
    static StoreLocation parse(String text) {
        return switch (text) {
            case "embedded" -> EMBEDDED;
            case "memory" -> MEMORY;
            default -> {
                if (!text.contains("://")) {
                    throw new IllegalArgumentException("embedded, memory or the address of a Redis is wanted");
                }
                yield new StoreLocation(Kind.REDIS, Optional.of(RedisAddress.parse(text)));
            }
        };
    }
}
