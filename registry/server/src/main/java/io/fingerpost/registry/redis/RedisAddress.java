package io.fingerpost.registry.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterURIUtil;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where Redis is: `redis://HOST:PORT/DB`, the same with TLS as `rediss://`, with Sentinel as
 * `redis-sentinel://HOST:PORT,HOST:PORT/DB#MASTER` (`rediss-sentinel://`), and a Cluster as `redis-cluster://HOST:PORT,HOST:PORT`
 * (`rediss-cluster://`). A user and a password stand before the host: `redis://USER:PASSWORD@HOST`.
 */
public final class RedisAddress {
    private static final String CLUSTER = "-cluster";
    private static final Set<String> SCHEMES = Set.of("redis", "rediss", "redis-sentinel", "rediss-sentinel",
            "redis-cluster", "rediss-cluster");

    /** A name, or an address of IPv4 or IPv6. */
    private static final Pattern HOST = Pattern.compile("[\\w.-]+|\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*]?");

    private final String text;
    private final List<RedisURI> nodes;
    private final boolean isCluster;

    private RedisAddress(String text, List<RedisURI> nodes, boolean isCluster) {
        this.text = text;
        this.nodes = List.copyOf(nodes);
        this.isCluster = isCluster;
    }

    /** @throws IllegalArgumentException without the text, which may have a password in it */
    public static RedisAddress parse(String text) {
        int colon = text.indexOf("://");
        String scheme = colon < 0 ? "" : text.substring(0, colon);
        if (!SCHEMES.contains(scheme)) {
            throw new IllegalArgumentException("a Redis is named by redis://, rediss://, redis-sentinel:// or "
                    + "redis-cluster://");
        }
        boolean isCluster = scheme.endsWith(CLUSTER);
        String plain = isCluster
                ? scheme.substring(0, scheme.length() - CLUSTER.length()) + text.substring(colon)
                : text;
        try {
            var nodes = isCluster
                    ? RedisClusterURIUtil.toRedisURIs(URI.create(plain))
                    : List.of(RedisURI.create(plain));
            if (text.indexOf('@') == text.lastIndexOf('@') && nodes.stream().allMatch(RedisAddress::isSound)) {
                return new RedisAddress(text, nodes, isCluster);
            }
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
        throw malformed();
    }

    private static IllegalArgumentException malformed() {
        return new IllegalArgumentException("this is no address of a Redis; is what is special in a password, such as "
                + "@ : / or #, written as %40 and so on?");
    }

    /** What does not fit is taken for a part of the host by the parser. */
    private static boolean isSound(RedisURI node) {
        return node.getSentinels().isEmpty()
                ? HOST.matcher(String.valueOf(node.getHost())).matches()
                : node.getSentinels().stream().allMatch(RedisAddress::isSound);
    }

    /** One for a single server or for Sentinel; several to begin with for a Cluster. */
    List<RedisURI> nodes() {
        return nodes;
    }

    boolean isCluster() {
        return isCluster;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RedisAddress that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Without user and password. */
    @Override
    public String toString() {
        return text.replaceFirst("//[^/]*@", "//");
    }
}
